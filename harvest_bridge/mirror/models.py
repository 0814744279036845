"""The mirror: what it holds of each connection, how far its passes are, and what is still to be read."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.stored_json import StoredJSONField

from .month_models import MonthState, PersonMonth, ProjectMonth
from .number_models import Expense, Invoice, TimeEntry
from .run_models import ChildDue, Kind, Run, RunPage, Touch

__all__ = [
    "BiReader",
    "Cause",
    "ChildDue",
    "Expense",
    "HostPolicy",
    "Invoice",
    "Kind",
    "Mirror",
    "MonthState",
    "PersonMonth",
    "ProjectMonth",
    "Record",
    "Run",
    "RunPage",
    "Stream",
    "StreamState",
    "TimeEntry",
    "Touch",
]


class HostPolicy(models.Model):
    """What a host app wants mirrored of every account that is linked for it; a connection may differ (`Mirror`).

    Units: intervals in seconds. `resources` empty: all. `history_days` null: everything; otherwise what is dated
    (time entries, expenses, invoices, estimates) and older is left out.
    """

    host_app = models.OneToOneField(HostApp, on_delete=models.CASCADE, primary_key=True, related_name="mirror_policy")
    begins_by_itself = models.BooleanField(default=False, help_text="Mirror each account as soon as it is linked.")
    resources = StoredJSONField(default=list, blank=True, help_text="Names; none: all.")
    hot_seconds = models.PositiveIntegerField(default=120)
    window_seconds = models.PositiveIntegerField(default=600)
    sweep_seconds = models.PositiveIntegerField(default=86400)
    history_days = models.PositiveIntegerField(null=True, blank=True)
    erase_after_days = models.PositiveIntegerField(
        default=30, help_text="How long the copy outlives a connection that was disconnected."
    )

    class Meta:
        verbose_name = "mirror policy"
        verbose_name_plural = "mirror policies"

    def __str__(self) -> str:
        return f"mirror of {self.host_app_id}"


class Mirror(models.Model):
    """The copy of one connection's account: its schedule, its numbers, and who works on it.

    `last_position` is the number that the last change took; whoever numbers holds this row. Positions up to
    `forgotten_through` may have been tombstones that are gone: a reader that stands before it must begin anew.
    `told_through` is the last position that a `mirror.changed` told of. `worker` and `heartbeat_at` are the claim.
    Null intervals, and null `resources`: the host app's.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="mirror")
    is_on = models.BooleanField(default=True)
    is_paused = models.BooleanField(default=False)
    resources = StoredJSONField(null=True, blank=True)
    hot_seconds = models.PositiveIntegerField(null=True, blank=True)
    window_seconds = models.PositiveIntegerField(null=True, blank=True)
    sweep_seconds = models.PositiveIntegerField(null=True, blank=True)
    history_days = models.PositiveIntegerField(null=True, blank=True)

    invoices_used_at = models.DateTimeField(
        null=True, editable=False, help_text="When invoices were last asked for, to the day."
    )
    last_position = models.BigIntegerField(default=0, editable=False)
    forgotten_through = models.BigIntegerField(default=0, editable=False)
    told_through = models.BigIntegerField(default=0, editable=False)
    access_roles = StoredJSONField(shortens=True, default=list, editable=False, help_text="The linker's, as last read.")

    next_hot_at = models.DateTimeField(default=timezone.now, editable=False)
    next_window_at = models.DateTimeField(default=timezone.now, editable=False)
    next_sweep_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When there is work next.")
    worker = models.CharField(max_length=100, blank=True, editable=False)
    heartbeat_at = models.DateTimeField(null=True, editable=False)
    erase_at = models.DateTimeField(null=True, editable=False, help_text="When the copy goes, after a disconnection.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        permissions = [("retry_mirror", "Can retry mirror")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(is_on=True, is_paused=False), name="mirrors_due"),
            models.Index(fields=["erase_at"], condition=Q(erase_at__isnull=False), name="mirrors_to_erase"),
        ]

    def __str__(self) -> str:
        return f"Mirror of {self.connection}"


class StreamState(models.TextChoices):
    """What a stream's rows are worth: never empty instead."""

    COMPLETE = "complete", "Complete"
    PARTIAL = "partial", "Partial"
    FORBIDDEN = "forbidden", "Forbidden"
    OFF = "off", "Off in Harvest"
    FAILING = "failing", "Failing"


class Stream(models.Model):
    """One resource of a mirror.

    `as_of` is when the last pass began that read all its changes; deletes older than the window are settled as of
    `swept_at`. `reason` is a stable word (`loading`, `rights`, `feature_off`, `resource_off`, `counts`, an error's
    code), `detail` a sentence for people, `needs` the right in Harvest that would open it. `since` is the newest
    `updated_at` that was read.
    """

    mirror = models.ForeignKey(Mirror, on_delete=models.CASCADE, db_index=False, related_name="streams")
    resource = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=StreamState.choices, default=StreamState.PARTIAL)
    reason = models.CharField(max_length=60, blank=True, default="loading")
    detail = models.CharField(max_length=500, blank=True)
    needs = models.CharField(max_length=100, blank=True)
    as_of = models.DateTimeField(null=True)
    windowed_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True, help_text="When the open-invoices pass was last done.")
    open_pages = models.PositiveSmallIntegerField(default=1, help_text="How many calls its last list took.")
    watched = StoredJSONField(
        max_bytes=16 * 1024, null=True, help_text="What that list was, where its pages begin (`invoice_polling`)."
    )
    keeps_updated_at = models.BooleanField(default=False, help_text="Payments leave the invoice's updated_at alone.")
    moves_updated_at = models.BooleanField(null=True, help_text="Payments were seen to move it.")
    swept_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True)
    total_entries = models.PositiveIntegerField(null=True, help_text="As Harvest told in the last complete listing.")
    held_deletes = models.PositiveIntegerField(
        default=0, help_text="Missing rows that wait for a second complete sweep, or for a person."
    )
    held_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["mirror", "resource"], name="one_stream_each")]

    def __str__(self) -> str:
        return f"{self.resource}: {self.state}"


class Cause(models.TextChoices):
    """Why a record is gone."""

    DELETED = "deleted", "Deleted"
    PROJECT_DELETED = "project_deleted", "Deleted with its project"
    PARENT_DELETED = "parent_deleted", "Deleted with what it belonged to"


class Record(models.Model):
    """One record as Harvest sent it, byte for byte, and what lists are filtered and ordered by.

    `position` is the number of its last change within its mirror, in commit order. `changed` names the fields that this
    change moved, comma-separated; empty where the record is new. A tombstone has `deleted_at` and `cause`, and keeps
    the last bytes. `read_at` is when these bytes were asked for: what was asked for earlier never replaces them.
    Units: `day` counts days from 1970-01-01 (`spent_date`, `issue_date`, `start_date`). What a resource does not have
    is null. `state` is `approval_status` or the state of an invoice or estimate.
    """

    # PostgreSQL would look up both for each of a million rows, a third of its time. Writers and `retention.erase` hold
    # the mirror's row, so that none is left over.
    mirror = models.ForeignKey(
        Mirror, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="records"
    )
    stream = models.ForeignKey(
        Stream, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="records"
    )
    harvest_id = models.BigIntegerField()
    position = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)
    changed = models.TextField(blank=True)
    first_seen_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    read_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    cause = models.CharField(max_length=20, choices=Cause.choices, blank=True)
    missing_since = models.DateTimeField(null=True, help_text="A complete listing lacked it; not concluded yet.")

    updated_at = models.DateTimeField(null=True)
    parent_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    client_id = models.BigIntegerField(null=True)
    project_id = models.BigIntegerField(null=True)
    task_id = models.BigIntegerField(null=True)
    day = models.IntegerField(null=True)
    is_active = models.BooleanField(null=True)
    is_billed = models.BooleanField(null=True)
    is_running = models.BooleanField(null=True)
    state = models.CharField(max_length=20, blank=True)
    external_reference_id = models.CharField(max_length=255, blank=True)
    raw = models.TextField()  # last, so that SQLite finds the others without reading through it

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "harvest_id"], name="one_record_each"),
            models.UniqueConstraint(fields=["mirror", "position"], name="one_record_per_position"),
        ]
        indexes = [
            models.Index(fields=["stream", "position"], name="records_by_position"),
            models.Index(fields=["stream", "day", "harvest_id"], name="records_by_day"),
            models.Index(fields=["stream", "updated_at", "harvest_id"], name="records_by_update"),
            models.Index(
                fields=["stream", "parent_id"], condition=Q(parent_id__isnull=False), name="records_by_parent"
            ),
            models.Index(
                fields=["stream", "external_reference_id"],
                condition=~Q(external_reference_id=""),
                name="records_by_reference",
            ),
            models.Index(fields=["stream"], condition=Q(is_running=True), name="records_running"),
            models.Index(fields=["stream"], condition=Q(missing_since__isnull=False), name="records_missing"),
            models.Index(fields=["stream", "deleted_at"], condition=Q(deleted_at__isnull=False), name="tombstones"),
        ]

    def __str__(self) -> str:
        return f"{self.harvest_id} at {self.position}"


class BiReader(models.Model):
    """A role of PostgreSQL that reads the views of `harvest_bi`, and whose rows it sees there."""

    role = models.CharField(max_length=63, unique=True)
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="bi_readers")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = "BI reader"

    def __str__(self) -> str:
        return self.role
