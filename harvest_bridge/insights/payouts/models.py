"""Payout periods and what came of them: statements, their lines, the steps that people took; rates and payees.

Units: `…_micros` are millionths, exact, as in the mirror; `day` counts from 1970-01-01. A closed statement and its
lines are never updated; `verifystatements` finds out if they were.
"""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.stored_json import StoredJSONField

ALWAYS = date(1, 1, 1)
_MOST_LISTED = 1024 * 1024  # bytes of a list of ids


class PeriodKind(models.TextChoices):
    WEEKLY = "weekly", "Weekly"
    FORTNIGHTLY = "fortnightly", "Fortnightly"
    TWICE_A_MONTH = "twice_a_month", "Twice a month"
    MONTHLY = "monthly", "Monthly"
    FREE = "free", "Free"


class Policy(models.TextChoices):
    """Which stopped time is paid."""

    APPROVED = "approved", "Approved time only"
    ALL = "all", "All time, approved or not"


class RateSource(models.TextChoices):
    COST_RATE = "cost_rate", "The entry's own cost rate in Harvest"
    PAYOUT_RATE = "payout_rate", "Payout rates kept here"


class CostCurrency(models.TextChoices):
    """In which currency Harvest's cost rates are taken."""

    ACCOUNT = "account", "The account's"
    CLIENT = "client", "The client's"


class PeriodState(models.TextChoices):
    DRAFT = "draft", "Draft"
    VERIFIED = "verified", "Verified"
    CLOSED = "closed", "Closed"
    EXPORTED = "exported", "Exported"
    PAID = "paid", "Paid"


CLOSED_STATES = (PeriodState.CLOSED, PeriodState.EXPORTED, PeriodState.PAID)


class Book(models.Model):
    """One account's chain of statements; whoever closes or plans a period of it holds this row.

    A host app pays an account's hours through one connection alone, however many are linked to it.
    """

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="payout_book"
    )
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    harvest_account_id = models.BigIntegerField(null=True)
    last_sequence = models.PositiveBigIntegerField(default=0)
    last_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host_app", "harvest_account_id"], name="one_book_per_harvest_account")
        ]

    def __str__(self) -> str:
        return f"Statements of {self.connection_id}"


class Period(models.Model):
    """From `first_day` to `last_day`, both included.

    `people` are Harvest users; empty: the contractors as of the close. `close_number` orders closes; `mirror_id` and
    `position` say what of the mirror is settled, `considered` who was looked at, `unsettled` who was left for later.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="payout_periods")
    kind = models.CharField(max_length=20, choices=PeriodKind.choices)
    first_day = models.DateField()
    last_day = models.DateField()
    policy = models.CharField(max_length=10, choices=Policy.choices, default=Policy.APPROVED)
    rate_source = models.CharField(max_length=20, choices=RateSource.choices, default=RateSource.COST_RATE)
    cost_currency = models.CharField(max_length=10, choices=CostCurrency.choices, default=CostCurrency.ACCOUNT)
    with_expenses = models.BooleanField(default=False)
    people = StoredJSONField(max_bytes=_MOST_LISTED, default=list, blank=True)
    state = models.CharField(max_length=10, choices=PeriodState.choices, default=PeriodState.DRAFT)
    verified_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    verified_at = models.DateTimeField(null=True, editable=False)
    close_number = models.PositiveBigIntegerField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    mirror_id = models.BigIntegerField(null=True, editable=False)
    position = models.BigIntegerField(default=0, editable=False)
    considered = StoredJSONField(max_bytes=_MOST_LISTED, default=list, editable=False)
    unsettled = StoredJSONField(max_bytes=_MOST_LISTED, default=list, editable=False)
    created_by = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-first_day", "-created_at")
        verbose_name = "payout period"
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="period_ends_after_it_begins"),
            models.UniqueConstraint(fields=["connection", "close_number"], name="one_close_per_number"),
        ]
        indexes = [models.Index(fields=["connection", "first_day"], name="periods_by_day")]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED_STATES


class Statement(models.Model):
    """What one person is paid for a period, closed for good. `sha256` is over its canonical form, which holds
    `previous_sha256`, that of the account's statement before it. Only what comes after `sha256` changes later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="payout_statements")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="statements")
    sequence = models.PositiveBigIntegerField()
    user_id = models.BigIntegerField()
    person_name = models.CharField(max_length=255, blank=True)
    person_email = models.CharField(max_length=255, blank=True)
    totals = StoredJSONField(max_bytes=65536, default=list)
    hours_micros = models.BigIntegerField()
    warnings = StoredJSONField(max_bytes=65536, default=list)
    line_count = models.PositiveIntegerField()
    verified_by = models.CharField(max_length=255)
    closed_by = models.CharField(max_length=255)
    closed_at = models.DateTimeField()
    previous_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)

    state = models.CharField(max_length=10, choices=PeriodState.choices, default=PeriodState.CLOSED)
    payment_reference = models.CharField(max_length=255, blank=True)
    paid_at = models.DateTimeField(null=True)
    paid_by = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ("sequence",)
        constraints = [
            models.UniqueConstraint(fields=["connection", "sequence"], name="one_statement_per_sequence"),
            models.UniqueConstraint(fields=["period", "user_id"], name="one_statement_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_name or self.user_id}, no. {self.sequence}"


class LineKind(models.TextChoices):
    TIME = "time", "Time"
    EXPENSE = "expense", "Expense"
    ADJUSTMENT = "adjustment", "Adjustment"


class Line(models.Model):
    """One entry paid, or one change to an entry that an earlier statement paid.

    `amount_micros` is what the line adds to the statement; `standing_micros` what the entry is paid in all, this line
    included. `before` and `after` are those of an adjustment. `rate_of` says which rate applied: `cost_rate`, or
    `payout_rate:<id>`.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_index=False, related_name="payout_lines")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, db_index=False, related_name="lines")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=LineKind.choices)
    resource = models.CharField(max_length=20)
    harvest_id = models.BigIntegerField()
    day = models.IntegerField()
    client_id = models.BigIntegerField(null=True)
    project_id = models.BigIntegerField(null=True)
    task_id = models.BigIntegerField(null=True)
    client_name = models.CharField(max_length=255, blank=True)
    project_name = models.CharField(max_length=255, blank=True)
    task_name = models.CharField(max_length=255, blank=True)
    hours_micros = models.BigIntegerField(null=True)
    rate_micros = models.BigIntegerField(null=True)
    rate_of = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    amount_micros = models.BigIntegerField()
    standing_micros = models.BigIntegerField()
    reason = models.CharField(max_length=40, blank=True)
    before = StoredJSONField(max_bytes=4096, null=True)
    after = StoredJSONField(max_bytes=4096, null=True)

    class Meta:
        ordering = ("statement", "number")
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="one_line_per_number"),
            models.UniqueConstraint(
                fields=["connection", "resource", "harvest_id"],
                condition=~Q(kind="adjustment"),
                name="one_statement_per_entry",
            ),
        ]
        indexes = [models.Index(fields=["connection", "resource", "harvest_id"], name="lines_by_entry")]

    def __str__(self) -> str:
        return f"{self.resource} {self.harvest_id}"


class Step(models.Model):
    """Who took which step, when: verified and closed of a period, exported and paid of its statements."""

    class What(models.TextChoices):
        VERIFIED = "verified", "Verified"
        CLOSED = "closed", "Closed"
        EXPORTED = "exported", "Exported"
        PAID = "paid", "Paid"

    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="steps")
    statement = models.ForeignKey(Statement, null=True, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What.choices)
    by = models.CharField(max_length=255)
    at = models.DateTimeField()
    reference = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.what} by {self.by}"


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
    def shown_iban(self) -> str:
        """`…6789`: its end alone."""
        return f"…{self.iban[-4:]}" if self.sealed_iban else ""
