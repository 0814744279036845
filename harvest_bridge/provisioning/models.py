"""Won deals: what is wanted of each, its plan, and its steps, each with its request, outcome and Harvest id."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.stored_json import StoredJSONField

from .crm_models import Crm, Deal, InboxEvent, InboxStatus, SeenEvent, Template, TemplateVersion

__all__ = [
    "OPEN",
    "AccountFacts",
    "Action",
    "ClientLink",
    "Crm",
    "Deal",
    "InboxEvent",
    "InboxStatus",
    "Phase",
    "Run",
    "RunStatus",
    "SeenEvent",
    "Step",
    "StepStatus",
    "Template",
    "TemplateVersion",
]

MAX_WANTED = 256 * 1024  # bytes as JSON
MAX_PLAN = 2 * 1024 * 1024


class RunStatus(models.TextChoices):
    """A planned run has changed nothing yet; a waiting one goes on by itself, a blocked one does not."""

    PLANNED = "planned", "Planned"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    BLOCKED = "blocked", "Blocked"
    COMPLETED = "completed", "Completed"
    UNDONE = "undone", "Undone"
    CANCELLED = "cancelled", "Cancelled"


OPEN = (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING)


class Phase(models.TextChoices):
    """Which steps a run carries out."""

    DO = "do", "Provision"
    UNDO = "undo", "Undo"


class Run(models.Model):
    """One deal of one linked account.

    Shape: `wanted` is the body, checked; `plan` as `planning.plan.Plan.serialize`, null until planned; `proposal` is
    `{"wanted", "body_digest", "plan"}` of another body that nobody has asked to apply. `agreed_digest` is the digest of
    the plan that a dry run showed for this body: the run makes exactly those calls or stops. `error` is why it is
    blocked, or what it waits for. `worker` and `heartbeat_at` are the claim; `version` rises with each change.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="provisioning_runs")
    external_id = models.CharField(max_length=255, help_text="The deal's id in the host app or CRM.")
    body_digest = models.CharField(max_length=64)
    wanted = StoredJSONField(max_bytes=MAX_WANTED)
    status = models.CharField(max_length=10, choices=RunStatus.choices, default=RunStatus.PLANNED)
    phase = models.CharField(max_length=4, choices=Phase.choices, default=Phase.DO)
    plan = StoredJSONField(max_bytes=MAX_PLAN, null=True)
    agreed_digest = models.CharField(max_length=64, blank=True)
    proposal = StoredJSONField(max_bytes=MAX_PLAN + MAX_WANTED, null=True)
    error = StoredJSONField(max_bytes=MAX_PLAN, null=True)
    needs_plan = models.BooleanField(default=True, help_text="Harvest is read and planned anew before the next step.")
    template = models.CharField(max_length=100, blank=True, help_text="Name and version of the template it came from.")

    client_name = models.CharField(max_length=255, blank=True)
    project_name = models.CharField(max_length=255, blank=True)
    client_key = models.CharField(max_length=255, blank=True, help_text="The client's normalised name.")
    harvest_account_id = models.BigIntegerField(default=0)
    client_id = models.BigIntegerField(null=True, help_text="Harvest's id of the client.")
    project_id = models.BigIntegerField(null=True, help_text="Harvest's id of the project.")

    attempts = models.PositiveIntegerField(default=0, help_text="Failures in a row that pass with time.")
    calls = models.PositiveIntegerField(default=0, help_text="Requests that it sent to Harvest.")
    version = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    worker = models.CharField(max_length=100, blank=True)
    heartbeat_at = models.DateTimeField(null=True)
    requested_by = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "id")
        verbose_name = "won deal"
        permissions = [("retry_run", "Can retry won deal")]
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="one_run_per_deal")]
        indexes = [
            models.Index(fields=["connection", "-created_at"], name="deals_by_connection"),
            models.Index(fields=["due_at"], condition=Q(status__in=["queued", "running", "waiting"]), name="deals_due"),
            models.Index(fields=["harvest_account_id", "client_key"], name="deals_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id}: {self.get_status_display()}"


class StepStatus(models.TextChoices):
    """`sent` means that a write left whose answer is not known yet: it is looked for before it is repeated."""

    PENDING = "pending", "To do"
    SENT = "sent", "Sent"
    DONE = "done", "Done"
    FAILED = "failed", "Refused"


class Action(models.TextChoices):
    """What becomes of one thing that a deal wants."""

    CREATE = "create", "Create"
    REUSE = "reuse", "Reuse"
    ATTACHED = "attached", "Attached by Harvest"
    CHANGE = "change", "Change"
    BLOCKED = "blocked", "Blocked"
    READ = "read", "Read"
    ARCHIVE = "archive", "Archive"
    REMOVE = "remove", "Remove"
    KEEP = "keep", "Keep"


class Step(models.Model):
    """One thing that a run does. Its place in the order of the run is `position`.

    Shape: `request` is `{"verb", "path", "body"}` with `{client}` and such for ids that come to be; `fallback` is what
    is sent where Harvest does not attach it itself; `known` are ids that were there before, and are not what a
    lost answer made; `before` has the fields that a change replaced. Sooner than `quiet_until` nothing is sent twice.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, db_index=False, related_name="steps")
    phase = models.CharField(max_length=4, choices=Phase.choices, default=Phase.DO)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=255)
    title = models.CharField(max_length=300, blank=True)
    action = models.CharField(max_length=10, choices=Action.choices)
    why = models.CharField(max_length=500, blank=True)
    field = models.CharField(max_length=100, blank=True)
    request = StoredJSONField(max_bytes=128 * 1024, null=True)
    fields = StoredJSONField(max_bytes=128 * 1024, default=list)
    fallback = StoredJSONField(max_bytes=16 * 1024, null=True)
    subject = models.CharField(max_length=255, blank=True, help_text="Whom or what an assignment assigns.")
    known = StoredJSONField(max_bytes=64 * 1024, default=list)
    before = StoredJSONField(max_bytes=64 * 1024, null=True)
    status = models.CharField(max_length=10, choices=StepStatus.choices, default=StepStatus.PENDING)
    harvest_id = models.BigIntegerField(null=True)
    is_made = models.BooleanField(default=False, help_text="This run created it.")
    sent_at = models.DateTimeField(null=True)
    quiet_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    error = StoredJSONField(max_bytes=16 * 1024, shortens=True, null=True)

    class Meta:
        ordering = ("position",)
        constraints = [models.UniqueConstraint(fields=["run", "phase", "position"], name="one_step_each")]
        indexes = [
            models.Index(fields=["kind"], condition=Q(status="sent"), name="steps_in_doubt"),
            models.Index(fields=["key"], condition=Q(kind="task"), name="steps_of_tasks"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}: {self.get_status_display()}"


class ClientLink(models.Model):
    """The client that an earlier run found or made for a company of the host app or CRM: it holds to ids, not names."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="provisioned_clients")
    external_id = models.CharField(max_length=255)
    harvest_id = models.BigIntegerField()
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="one_client_each")]

    def __str__(self) -> str:
        return f"{self.external_id}: {self.harvest_id}"


class AccountFacts(models.Model):
    """What seldom changes of a linked account: where its pages are, its plan and currency."""

    connection = models.OneToOneField(
        Connection, on_delete=models.CASCADE, primary_key=True, related_name="provisioning_facts"
    )
    base_uri = models.CharField(max_length=255, blank=True)
    plan_type = models.CharField(max_length=100, blank=True)
    currency = models.CharField(max_length=10, blank=True)
    attaches_creator = models.BooleanField(default=True, help_text="Whether who creates a project is on it at once.")
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "account facts"

    def __str__(self) -> str:
        return self.base_uri
