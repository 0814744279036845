"""Workers by their last beat, and jobs by the hour."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Worker(models.Model):
    """One process of `manage.py run_huey`."""

    name = models.CharField(max_length=255, primary_key=True, help_text="Machine and process.")
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return self.name


class JobHour(models.Model):
    """How often a job ran within an hour (UTC), and how it ended last."""

    hour = models.DateTimeField()
    name = models.CharField(max_length=100)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "job"
        constraints = [models.UniqueConstraint(fields=["hour", "name"], name="one_row_per_job_and_hour")]

    def __str__(self) -> str:
        return f"{self.name}: {self.done} done, {self.failed} failed"
