"""Time entries added up by month, so that a sum over years does not read every entry again.

Totals of a month count while its `MonthState` says so; any entry of it that is written or deleted ends that, in the
same transaction. Units as in `TimeEntry`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class MonthState(models.Model):
    """Whether the totals of a month are those of its entries. `version` moves with every change of either.

    `due_at` is when they are to be made; null where nothing is to do: they stand, or the month is small.
    """

    mirror = models.ForeignKey("mirror.Mirror", on_delete=models.CASCADE, db_index=False, related_name="month_states")
    month = models.IntegerField()
    is_current = models.BooleanField(default=False)
    version = models.BigIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mirror", "month"], name="one_month_state_each")]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="month_totals_due")]

    def __str__(self) -> str:
        return f"{self.month // 12}-{self.month % 12 + 1:02}"


class PersonMonth(models.Model):
    """Of one person the days of one week that lie in one month."""

    mirror = models.ForeignKey("mirror.Mirror", on_delete=models.CASCADE, db_index=False, related_name="person_months")
    month = models.IntegerField()
    user_id = models.BigIntegerField()
    week = models.IntegerField()
    hours_micros = models.BigIntegerField()
    rounded_hours_micros = models.BigIntegerField()
    billable_hours_micros = models.BigIntegerField()
    billable_rounded_hours_micros = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mirror", "month", "user_id", "week"], name="one_person_month_each")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in week {self.week}"


class ProjectMonth(models.Model):
    """Of one project in one month.

    Units: `value_units` and `cost_units` are hundredths of an hour × ten-thousandths of a currency's unit, exact but
    for `fine_count` entries with hours or rates finer than these. `unrated_count` and `uncosted_count` have no rate.
    """

    mirror = models.ForeignKey("mirror.Mirror", on_delete=models.CASCADE, db_index=False, related_name="project_months")
    month = models.IntegerField()
    project_id = models.BigIntegerField()
    is_billable = models.BooleanField()
    is_billed = models.BooleanField()
    is_budgeted = models.BooleanField()
    rounded_hours_micros = models.BigIntegerField()
    value_units = models.BigIntegerField()
    cost_units = models.BigIntegerField()
    unrated_count = models.IntegerField()
    uncosted_count = models.IntegerField()
    fine_count = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mirror", "month", "project_id", "is_billable", "is_billed", "is_budgeted"],
                name="one_project_month_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id} in {self.month}"
