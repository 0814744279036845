"""Work on a mirror: passes and how far they are, children that are due, writes of ours to be read again."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.stored_json import StoredJSONField


class Kind(models.TextChoices):
    """Which part of Harvest a pass reads: what changed since, open invoices, the last 14 days, everything."""

    HOT = "hot", "Changes"
    OPEN = "open", "Open invoices"
    WINDOW = "window", "Window"
    SWEEP = "sweep", "Sweep"


class Run(models.Model):
    """One pass over the resources of a mirror, and how far it is: `resource` and `page` are where it goes on.

    `page` is a position in Harvest's list as `pages.Position` writes it. `results` holds the outcome by resource.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mirror = models.ForeignKey("mirror.Mirror", on_delete=models.CASCADE, db_index=False, related_name="runs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    resources = StoredJSONField(default=list, help_text="Still to be read, the first of them now.")
    requested_by = models.CharField(max_length=255, blank=True, help_text="Empty: the schedule.")
    resource = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=10, blank=True, help_text="list, or settle: missing rows.")
    page = models.TextField(blank=True)
    walk = StoredJSONField(max_bytes=16 * 1024, default=dict, help_text="What the pages of this list told so far.")
    results = StoredJSONField(max_bytes=64 * 1024, default=dict)
    calls = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="Rows that are expected in all.")
    changed = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    error = StoredJSONField(shortens=True, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    waits_until = models.DateTimeField(null=True, help_text="Other runs go on until then.")

    class Meta:
        ordering = ("-created_at", "id")
        indexes = [
            models.Index(fields=["mirror", "-created_at"], name="runs_by_mirror"),
            models.Index(fields=["mirror"], condition=Q(status__in=["queued", "running"]), name="runs_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_status_display()}"


class RunPage(models.Model):
    """The ids of one page of a listing that is to be compared, so that a killed run loses none: 8 bytes each."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="pages")
    number = models.PositiveIntegerField()
    ids = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="one_page_each")]

    def __str__(self) -> str:
        return f"page {self.number}"


class ChildDue(models.Model):
    """A parent whose children must be read; gone once they were.

    `is_routine`: nothing of the parent says that they changed, and their turn has come (`child_refresh`).
    """

    mirror = models.ForeignKey("mirror.Mirror", on_delete=models.CASCADE, db_index=False, related_name="children_due")
    resource = models.CharField(max_length=40)
    parent_id = models.BigIntegerField()
    due_at = models.DateTimeField(default=timezone.now)
    is_routine = models.BooleanField(default=False)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mirror", "resource", "parent_id"], name="one_due_each")]
        indexes = [models.Index(fields=["mirror", "is_routine", "due_at"], name="children_by_turn")]

    def __str__(self) -> str:
        return f"{self.resource} of {self.parent_id}"


class Touch(models.Model):
    """A write to Harvest that went through us, so that its resource is read again at once.

    `was_not_found`: no write, but a record of ours that Harvest answered 404 for (`not_found`).
    """

    mirror = models.ForeignKey("mirror.Mirror", on_delete=models.CASCADE, db_index=False, related_name="touches")
    resource = models.CharField(max_length=40)
    harvest_id = models.BigIntegerField(null=True)
    parent_id = models.BigIntegerField(null=True)
    is_delete = models.BooleanField(default=False)
    was_not_found = models.BooleanField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["mirror", "id"], name="touches_by_mirror")]

    def __str__(self) -> str:
        return f"{self.resource} {self.harvest_id or ''}"
