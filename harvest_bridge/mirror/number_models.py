"""Live records of Harvest in numbers, for exact sums: time entries, expenses, invoices."""

from __future__ import annotations

from django.db import models


class TimeEntry(models.Model):
    """A live time entry in numbers, for sums; deleted with its record.

    Units: hours and rates in millionths (`…_micros`), exact; `day` from 1970-01-01, `week` in weeks from Monday
    1969-12-29, `month` as year × 12 + month - 1.
    """

    mirror = models.ForeignKey(  # without a constraint, as in `Record`
        "mirror.Mirror", on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="time_entries"
    )
    harvest_id = models.BigIntegerField()
    day = models.IntegerField()
    week = models.IntegerField()
    month = models.IntegerField()
    user_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    project_id = models.BigIntegerField()
    task_id = models.BigIntegerField()
    is_billable = models.BooleanField()
    hours_micros = models.BigIntegerField()
    rounded_hours_micros = models.BigIntegerField()
    billable_rate_micros = models.BigIntegerField(null=True)
    cost_rate_micros = models.BigIntegerField(null=True)
    is_budgeted = models.BooleanField()
    is_running = models.BooleanField()
    is_locked = models.BooleanField()
    is_billed = models.BooleanField()
    approval_status = models.CharField(max_length=20, blank=True)
    invoice_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mirror", "harvest_id"], name="one_time_entry_each")]
        indexes = [
            models.Index(
                fields=[
                    *("mirror", "day", "week", "month", "user_id", "client_id", "project_id", "task_id"),
                    *("is_billable", "hours_micros", "rounded_hours_micros"),
                    *("billable_rate_micros", "cost_rate_micros"),
                ],
                name="time_sums_by_day",
            ),
            models.Index(fields=["mirror", "user_id", "day"], name="time_by_user"),
            models.Index(fields=["mirror", "project_id", "day"], name="time_by_project"),
        ]

    def __str__(self) -> str:
        return str(self.harvest_id)


class Expense(models.Model):
    """A live expense in numbers; units as in `TimeEntry`."""

    mirror = models.ForeignKey("mirror.Mirror", on_delete=models.CASCADE, db_index=False, related_name="expenses")
    harvest_id = models.BigIntegerField()
    day = models.IntegerField()
    week = models.IntegerField()
    month = models.IntegerField()
    user_id = models.BigIntegerField()
    client_id = models.BigIntegerField()
    project_id = models.BigIntegerField()
    expense_category_id = models.BigIntegerField(null=True)
    total_cost_micros = models.BigIntegerField()
    is_billable = models.BooleanField()
    is_billed = models.BooleanField()
    is_locked = models.BooleanField()
    approval_status = models.CharField(max_length=20, blank=True)
    invoice_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mirror", "harvest_id"], name="one_expense_each")]
        indexes = [models.Index(fields=["mirror", "day"], name="expenses_by_day")]

    def __str__(self) -> str:
        return str(self.harvest_id)


class Invoice(models.Model):
    """A live invoice in numbers; units as in `TimeEntry`, days of issue, due and payment."""

    mirror = models.ForeignKey("mirror.Mirror", on_delete=models.CASCADE, db_index=False, related_name="invoices")
    harvest_id = models.BigIntegerField()
    number = models.CharField(max_length=255, blank=True)
    client_id = models.BigIntegerField()
    state = models.CharField(max_length=20)
    day = models.IntegerField()
    month = models.IntegerField()
    due_day = models.IntegerField(null=True)
    paid_day = models.IntegerField(null=True)
    amount_micros = models.BigIntegerField()
    due_amount_micros = models.BigIntegerField()
    tax_amount_micros = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mirror", "harvest_id"], name="one_invoice_each")]
        indexes = [models.Index(fields=["mirror", "day"], name="invoices_by_day")]

    def __str__(self) -> str:
        return self.number
