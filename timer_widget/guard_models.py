"""Forgotten timers: when a timer counts as forgotten, and what was found."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from harvest_bridge.stored_json import StoredJSONField

_HOURS: dict[str, Any] = {"max_digits": 5, "decimal_places": 2, "null": True, "blank": True}
_LEAST_HOURS = Decimal("0.01")


class Weekend(models.TextChoices):
    SATURDAY_SUNDAY = "sat_sun", "Saturday and Sunday"
    FRIDAY_SATURDAY = "fri_sat", "Friday and Saturday"
    SUNDAY = "sun", "Sunday"
    NONE = "none", "None: people work on every day"


class PersonTimerRules(models.Model):
    """Where a person's work day differs from that of the host app. What is empty is as there."""

    person = models.OneToOneField("timer_widget.Person", on_delete=models.CASCADE, related_name="timer_rules")
    finds_forgotten = models.BooleanField("look for forgotten timers", null=True, blank=True)
    longest_run_hours = models.DecimalField(
        "longest run", **_HOURS, validators=[MinValueValidator(_LEAST_HOURS)], help_text="Hours."
    )
    work_day_starts = models.TimeField(null=True, blank=True)
    work_day_ends = models.TimeField(null=True, blank=True)
    weekend = models.CharField(max_length=10, choices=Weekend.choices, blank=True)
    stops_forgotten_after_minutes = models.PositiveIntegerField("stop by itself after", null=True, blank=True)
    reminds_after_minutes = models.PositiveIntegerField("remind after", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "work day and forgotten timers"

    def __str__(self) -> str:
        return f"work day of {self.person}"

    def save(self, *args: Any, **options: Any) -> None:
        super().save(*args, **options)
        look_again(person_id=self.person_id)


class Reason(models.TextChoices):
    LONGEST_RUN = "longest_run", "Longer than the longest run"
    WORK_DAY = "work_day", "Beyond the end of the work day"
    WEEKEND = "weekend", "Into the weekend"


class ForgottenStatus(models.TextChoices):
    OPEN = "open", "Waits for an answer"
    ANSWERED = "answered", "Answered"
    OVER = "over", "Ended otherwise"
    STOPPED = "stopped", "Stopped by itself"


class ForgottenTimer(models.Model):
    """A run that goes on beyond its due moment, with its likely real end, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey("timer_widget.Person", on_delete=models.CASCADE, related_name="forgotten_timers")
    entry_id = models.BigIntegerField()
    run_started_at = models.DateTimeField(help_text="As Harvest says.")
    began_at = models.DateTimeField(help_text="When work on it began.")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    due_at = models.DateTimeField(help_text="From when on it counts as forgotten.")
    found_at = models.DateTimeField(default=timezone.now)
    likely_stop_at = models.DateTimeField(help_text="The last sign of its person.")
    running = StoredJSONField(max_bytes=384 * 1024, help_text="The timer, as it was shown.")
    status = models.CharField(max_length=8, choices=ForgottenStatus.choices, default=ForgottenStatus.OPEN)
    answer = models.CharField(max_length=10, blank=True)
    answered_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True, help_text="When it was stopped by itself.")
    reversible_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "entry_id", "due_at"], name="one_forgotten_timer_each_due_moment")
        ]
        indexes = [models.Index(fields=["person", "status"], name="forgotten_by_status")]
        ordering = ("-found_at",)

    def __str__(self) -> str:
        return f"forgotten timer of {self.person}"


def look_again(**scope: Any) -> None:
    """After a change of rules: everybody's running timer is looked at anew."""
    states: Any = apps.get_model("timer_widget", "PersonState")
    states.objects.filter(guard_at__isnull=False, **scope).update(guard_at=timezone.now())
