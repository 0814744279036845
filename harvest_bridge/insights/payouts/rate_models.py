"""Payout rates and payees: what a host keeps here of its own. Units: `rate_micros` in millionths."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto.ring import key_ring

ALWAYS = date(1, 1, 1)


class PayoutRate(models.Model):
    """A rate per hour of the host's own, from `starts_on` on (ALWAYS: whatever the day). An id of 0 is any of them.

    A removed rate stays, so that statements that applied it can still name it.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="payout_rates")
    user_id = models.BigIntegerField(default=0)
    project_id = models.BigIntegerField(default=0)
    task_id = models.BigIntegerField(default=0)
    rate_micros = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    starts_on = models.DateField(default=ALWAYS)
    created_by = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(rate_micros__gte=0), name="payout_rates_are_not_negative"),
            models.UniqueConstraint(
                fields=["connection", "user_id", "project_id", "task_id", "starts_on"],
                condition=Q(removed_at=None),
                name="one_payout_rate_from_a_day_on",
            ),
        ]

    def __str__(self) -> str:
        return f"payout_rate:{self.pk}"


class Payee(models.Model):
    """Where a person's money goes, for files that payers take. The IBAN is sealed."""

    class ReceiverType(models.TextChoices):
        PERSON = "PERSON", "Person"
        BUSINESS = "BUSINESS", "Business"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="payees")
    user_id = models.BigIntegerField()
    name = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=255, blank=True)
    receiver_type = models.CharField(max_length=10, choices=ReceiverType.choices, default=ReceiverType.PERSON)
    sealed_iban = models.TextField(blank=True, editable=False)
    bic = models.CharField(max_length=11, blank=True)

    class Meta:
        ordering = ("user_id",)
        constraints = [models.UniqueConstraint(fields=["connection", "user_id"], name="one_payee_each")]

    def __str__(self) -> str:
        return self.name or str(self.user_id)

    @staticmethod
    def binding(connection_id: uuid.UUID, user_id: int) -> str:
        """What the sealed IBAN is bound to."""
        return f"payee {connection_id} {user_id}"

    @property
    def iban(self) -> str:
        """Errors: CannotOpen."""
        if not self.sealed_iban:
            return ""
        return key_ring().open(self.sealed_iban, bound_to=self.binding(self.connection_id, self.user_id))

    @property
    def masked_iban(self) -> str:
        """`…6789`: its end alone."""
        return f"…{self.iban[-4:]}" if self.sealed_iban else ""
