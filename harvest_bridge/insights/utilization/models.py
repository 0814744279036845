"""What utilization needs and Harvest does not keep: how capacity changed, who works when, what counts as absence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.stored_json import StoredJSONField

# Two nulls are the same to these constraints. `nulls_distinct=False` would say so too, but SQLite has no such thing.
_OR_EVERYBODY = Coalesce("harvest_user_id", 0)
_OR_EVER = Coalesce("starts_on", date.min)


class UtilizationSettings(models.Model):
    """Of one account.

    Units: `target` and `overbooked_above` are shares of capacity (`0.8000`), `under_below` and `over_above` shares of
    the target. `watched_position` is the mirror's position up to which `utilization.over` and `.under` were looked for;
    null before the first look, which tells nothing.
    """

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="utilization_settings"
    )
    absence_task_ids = StoredJSONField(default=list, blank=True)
    absence_project_ids = StoredJSONField(default=list, blank=True)
    target = models.DecimalField(max_digits=6, decimal_places=4, default=Decimal("0.8"))
    under_below = models.DecimalField(max_digits=6, decimal_places=4, default=Decimal("0.9"))
    over_above = models.DecimalField(max_digits=6, decimal_places=4, default=Decimal("1.1"))
    overbooked_above = models.DecimalField(max_digits=6, decimal_places=4, default=Decimal("1"))
    watched_position = models.BigIntegerField(null=True, editable=False)
    watched_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "utilization settings"
        verbose_name_plural = "utilization settings"

    def __str__(self) -> str:
        return f"utilization of {self.connection_id}"


class WorkTerms(models.Model):
    """How much and when somebody works, from a day on: one person's, a role's, or everybody's in the account.

    What is null is left to the terms behind it: person, role, account, Harvest. `starts_on` null: since ever.
    Units: `weekly_seconds` as Harvest's `weekly_capacity`; `pattern` has the hours of each day from Monday to Sunday as
    decimal texts, of which only the proportions count; `target` is a share of capacity.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="work_terms")
    harvest_user_id = models.BigIntegerField(null=True, blank=True)
    role = models.CharField(max_length=255, blank=True)
    starts_on = models.DateField(null=True, blank=True)
    weekly_seconds = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    pattern = StoredJSONField(null=True, blank=True)
    country = models.CharField(max_length=2, null=True, blank=True)  # noqa: DJ001 ("" says: without public holidays)
    subdivision = models.CharField(max_length=10, blank=True)
    target = models.DecimalField(max_digits=6, decimal_places=4, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("id",)
        verbose_name = "work terms"
        verbose_name_plural = "work terms"
        constraints = [
            models.UniqueConstraint("connection", _OR_EVERYBODY, "role", _OR_EVER, name="one_work_terms_from_a_day"),
            models.CheckConstraint(
                condition=Q(harvest_user_id=None) | Q(role=""), name="work_terms_of_a_person_or_a_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.harvest_user_id or self.role or 'everybody'} from {self.starts_on or 'ever'}"


class Employment(models.Model):
    """When a person was there. Null where the host did not say; then it is guessed from entries and archiving."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="employments")
    harvest_user_id = models.BigIntegerField()
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    archived_on = models.DateField(
        null=True, blank=True, editable=False, help_text="When the person was first seen to be archived in Harvest."
    )

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["connection", "harvest_user_id"], name="one_employment_each"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="employment_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.harvest_user_id}: {self.starts_on or '?'} to {self.ends_on or 'now'}"


class CapacityStep(models.Model):
    """A person's weekly capacity in Harvest from a day on, as it was seen. `starts_on` null: the first that was seen,
    which is taken for the time before as well. Units: seconds; null where Harvest has none."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="capacity_steps")
    harvest_user_id = models.BigIntegerField()
    starts_on = models.DateField(null=True)
    weekly_seconds = models.PositiveIntegerField(null=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint("connection", "harvest_user_id", _OR_EVER, name="one_capacity_from_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.harvest_user_id}: {self.weekly_seconds} s from {self.starts_on or 'ever'}"


class LoadState(models.Model):
    """The band that a person's week was last found in, so that a change is told once."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="load_states")
    harvest_user_id = models.BigIntegerField()
    week = models.IntegerField()
    band = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "week", "harvest_user_id"], name="one_load_state_a_week")
        ]

    def __str__(self) -> str:
        return f"{self.harvest_user_id} in week {self.week}: {self.band}"
