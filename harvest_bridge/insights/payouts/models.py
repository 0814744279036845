"""Payout periods and what came of them: statements, their lines, the steps that people took.

Units: `…_micros` are millionths, exact, as in the mirror; `day` counts from 1970-01-01. A closed statement and its
lines are never updated; `verifystatements` finds out if they were.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.stored_json import StoredJSONField

from .rate_models import ALWAYS, Payee, PayoutRate
from .terms import CLOSED_STATES, CostCurrency, PeriodKind, PeriodState, Policy, RateSource

__all__ = [
    "ALWAYS",
    "CLOSED_STATES",
    "Book",
    "CostCurrency",
    "Line",
    "LineKind",
    "OpenAdjustment",
    "Payee",
    "PayoutRate",
    "Period",
    "PeriodKind",
    "PeriodState",
    "Policy",
    "RateSource",
    "Statement",
    "Step",
]

_MOST_LISTED = 1024 * 1024  # bytes of a list of ids


class Book(models.Model):
    """One account's chain of statements; whoever closes or plans a period of it holds this row.

    A host app pays an account's hours through one connection alone, however many are linked to it. `watched_…` is up to
    where changes of what was paid were looked for.
    """

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="payout_book"
    )
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    harvest_account_id = models.BigIntegerField(null=True)
    last_sequence = models.PositiveBigIntegerField(default=0)
    last_sha256 = models.CharField(max_length=64, blank=True)
    watched_mirror_id = models.BigIntegerField(null=True, editable=False)
    watched_position = models.BigIntegerField(default=0, editable=False)
    watched_at = models.DateTimeField(null=True, editable=False)

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


class OpenAdjustment(models.Model):
    """A change of an entry that a statement paid, as hosts were told of it; gone once a statement makes up for it.

    Shape: `told` is a list of the lines that a draft has for it now, as events show them.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, db_index=False, related_name="open_adjustments"
    )
    resource = models.CharField(max_length=20)
    harvest_id = models.BigIntegerField()
    told = StoredJSONField(max_bytes=16384, default=list)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "resource", "harvest_id"], name="one_open_adjustment_each")
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.harvest_id}"
