"""What we keep of invoices beside the mirror: settings of an account, payments of ours, and what was told."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.currencies import money_text
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.mirror.models import Mirror
from harvest_bridge.stored_json import StoredJSONField

__all__ = ["AccountSettings", "Payment", "PaymentInbox", "PaymentState", "PushQueue", "ToldInvoice"]


class AccountSettings(models.Model):
    """What a host set for one linked account, and how even it is. `timezone` empty: INVOICES_TIMEZONE."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="invoice_settings"
    )
    timezone = models.CharField(max_length=64, blank=True, help_text="In which days of payment and lateness count.")
    differences = models.PositiveIntegerField(
        null=True, editable=False, help_text="Between payments here and in Harvest, as last compared."
    )

    class Meta:
        verbose_name_plural = "account settings"

    def __str__(self) -> str:
        return f"invoices of {self.connection_id}"


class PaymentState(models.TextChoices):
    """Where a payment is on its way into Harvest. Of `pending` and `deleting` the worker takes care."""

    PENDING = "pending", "Pending"
    RECORDED = "recorded", "Recorded"
    DOUBTFUL = "doubtful", "Doubtful"
    REFUSED = "refused", "Refused"
    DELETING = "deleting", "Being deleted"
    DELETED = "deleted", "Deleted"
    REMOVED = "removed", "Removed in Harvest"


OPEN_STATES = (PaymentState.PENDING, PaymentState.DELETING)


class Payment(models.Model):
    """A payment that a host reported, committed before Harvest hears of it; one for each `external_id`.

    `reference` is what stands in its note in Harvest, made of the external id, so that it is found there whatever
    becomes of this row. `attempted_at` is when the first POST left whose answer is not known; until `quiet_until` it
    may still arrive. `harvest_payment_id` is known once it is recorded. `error` is why it is doubtful or refused.
    Units: `amount` in the currency's major unit.
    """

    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, db_index=False, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="invoice_payments")
    harvest_account_id = models.BigIntegerField()
    invoice_id = models.BigIntegerField()
    external_id = models.CharField(max_length=255)
    reference = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=20, decimal_places=4)
    currency = models.CharField(max_length=3)
    paid_date = models.DateField()
    method = models.CharField(max_length=50, blank=True)
    note = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=40, default="api", help_text="api, or the provider whose event it was.")
    allow_overpayment = models.BooleanField(default=False)
    send_thank_you = models.BooleanField(default=False)

    state = models.CharField(max_length=10, choices=PaymentState.choices, default=PaymentState.PENDING)
    harvest_payment_id = models.BigIntegerField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    error = StoredJSONField(shortens=True, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "invoice payment"
        ordering = ("-id",)
        permissions = [("retry_payment", "Can retry invoice payment")]
        constraints = [
            models.UniqueConstraint(
                fields=["host_app", "harvest_account_id", "external_id"], name="one_payment_per_external_id"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"], condition=Q(state__in=["pending", "deleting"]), name="payments_due"
            ),
            models.Index(fields=["host_app", "harvest_account_id", "invoice_id"], name="payments_by_invoice"),
            models.Index(fields=["harvest_account_id", "harvest_payment_id"], name="payments_in_harvest"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id}: {money_text(self.amount, self.currency)} {self.currency}"


class PaymentRefund(models.Model):
    """What a provider said was paid back of a payment, which may come later: providers promise no order.

    `refund_id` is the provider's, or its kind, so that what is told twice counts once. `amount` None: all of it.
    """

    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, db_index=False, related_name="+")
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    harvest_account_id = models.BigIntegerField()
    external_id = models.CharField(max_length=255)
    refund_id = models.CharField(max_length=255)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["host_app", "harvest_account_id", "external_id", "refund_id"], name="one_row_per_refund"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} of {self.external_id}"


class PushQueue(models.Model):
    """One invoice and who works on its payments now: one worker at a time, whatever they are.

    Claimed by a conditional update, for as long as a call may take; free again when that is over or its worker died.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", help_text="The first that pushed a payment of it."
    )
    harvest_account_id = models.BigIntegerField()
    invoice_id = models.BigIntegerField()
    claim = models.CharField(max_length=32, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["harvest_account_id", "invoice_id"], name="one_push_queue_per_invoice"),
        ]
        indexes = [models.Index(fields=["worker"], condition=~Q(worker=""), name="push_queues_claimed")]

    def __str__(self) -> str:
        return f"invoice {self.invoice_id} of {self.harvest_account_id}"


class ToldInvoice(models.Model):
    """The status of an invoice that hosts were last told of, so that each change is told once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, db_index=False, related_name="+")
    harvest_id = models.BigIntegerField()
    status = models.CharField(max_length=20)
    due_day = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mirror", "harvest_id"], name="one_told_invoice_each")]
        indexes = [
            models.Index(
                fields=["mirror", "due_day"],
                condition=Q(status__in=["open", "partially_paid"]),
                name="invoices_to_fall_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.harvest_id}: {self.status}"


class PaymentInbox(models.Model):
    """Where a payment provider sends its webhooks for one linked account; what its bodies are checked and read with."""

    class Provider(models.TextChoices):
        STRIPE = "stripe", "Stripe"
        GOCARDLESS = "gocardless", "GoCardless"
        PAYPAL = "paypal", "PayPal"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="payment_inboxes")
    provider = models.CharField(max_length=20, choices=Provider.choices)
    sealed_secret = models.TextField(editable=False, help_text="The signing secret; PayPal's is the webhook's id.")
    certificates = models.TextField(blank=True, help_text="PEM, of PayPal alone.")
    expression = models.TextField(blank=True, help_text="JSONata; empty: the provider's ready one.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "payment inboxes"
        constraints = [models.UniqueConstraint(fields=["connection", "provider"], name="one_inbox_per_provider")]

    def __str__(self) -> str:
        return f"{self.get_provider_display()} of {self.connection}"

    @property
    def binding(self) -> str:
        """What the sealed secret is bound to."""
        return f"payment inbox {self.id}"
