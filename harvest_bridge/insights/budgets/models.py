"""Which thresholds a host wants to be told of, which were told, and how our sums compare with Harvest's own."""

from __future__ import annotations

from django.db import models

from harvest_bridge.connections.models import Connection
from harvest_bridge.stored_json import StoredJSONField


def usual_thresholds() -> list[int]:
    return [50, 80, 100]


class BudgetSettings(models.Model):
    """Of one account. Units: `thresholds` in percent of a budget. `watched_position` is the mirror's
    position up to which crossings were looked for. `checked_as_of` is when the report of the last check was read."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="budget_settings"
    )
    thresholds = StoredJSONField(default=usual_thresholds)
    watched_position = models.BigIntegerField(null=True, editable=False)
    watched_at = models.DateTimeField(null=True, editable=False)
    checked_as_of = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "budget settings"
        verbose_name_plural = "budget settings"

    def __str__(self) -> str:
        return f"budgets of {self.connection_id}"


class Crossing(models.Model):
    """A threshold that was crossed, told once in each period: a month such as `2026-11`, or `all`."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="budget_crossings")
    project_id = models.BigIntegerField()
    period = models.CharField(max_length=7)
    percent = models.PositiveIntegerField()
    crossed_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "project_id", "period", "percent"], name="one_crossing_in_a_period"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.percent} % in {self.period}"


class BudgetCheck(models.Model):
    """What Harvest's project budget report said of a project on a day, beside our sum. Units: hours, or money."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="budget_checks")
    project_id = models.BigIntegerField()
    checked_at = models.DateTimeField()
    ours = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    harvests = models.DecimalField(max_digits=20, decimal_places=6, null=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["connection", "project_id"], name="one_budget_check_each")]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.ours} here, {self.harvests} in Harvest"
