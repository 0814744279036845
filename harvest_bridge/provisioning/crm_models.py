"""Templates, versioned, and what a CRM told of its deals."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.stored_json import StoredJSONField

MAX_TEMPLATE = 128 * 1024
MAX_BODY = 256 * 1024


class Crm(models.TextChoices):
    """Whose webhook bodies a template reads; each has a ready mapping."""

    HUBSPOT = "hubspot", "HubSpot"
    PIPEDRIVE = "pipedrive", "Pipedrive"
    SALESFORCE = "salesforce", "Salesforce"
    ZAPIER = "zapier", "Zapier"
    OTHER = "other", "Another"


class Template(models.Model):
    """What becomes of a won deal: defaults and texts with placeholders, tasks, people by role, and rules.

    Shape: `content` is a deal's body, with texts such as `{{amount}}`, and `rules`; `mapping` is JSONata over `body`
    and gives the events of a webhook; empty for the ready one of the CRM. `sealed_secret` is what the CRM signs with,
    or the password that it sends. `is_dry_run`: deals are kept, and a person begins them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="deal_templates")
    name = models.CharField(max_length=100)
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="deal_templates", help_text="The account to provision in."
    )
    crm = models.CharField(max_length=20, choices=Crm.choices, default=Crm.OTHER)
    content = StoredJSONField(max_bytes=MAX_TEMPLATE)
    mapping = models.TextField(blank=True, help_text="JSONata over `body`; empty: the ready one of this CRM.")
    sample = StoredJSONField(max_bytes=MAX_TEMPLATE, default=dict, help_text="A deal, for the preview.")
    sealed_secret = models.TextField(blank=True, editable=False)
    is_dry_run = models.BooleanField(default=False, help_text="Plan only; a person begins each run.")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["host_app", "name"], name="one_template_each")]

    def __str__(self) -> str:
        return self.name

    @property
    def binding(self) -> str:
        return f"deal template {self.pk}"


class TemplateVersion(models.Model):
    """A template as somebody left it. Rows are added, never changed."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    content = StoredJSONField(max_bytes=MAX_TEMPLATE)
    mapping = models.TextField(blank=True)
    changed_by = models.CharField(max_length=255)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-version",)
        constraints = [models.UniqueConstraint(fields=["template", "version"], name="one_template_version_each")]

    def __str__(self) -> str:
        return f"{self.template} {self.version}"


class Deal(models.Model):
    """What a CRM has told of one deal so far. `merged_into` is the deal that it lives on in."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="deals")
    external_id = models.CharField(max_length=255)
    data = StoredJSONField(max_bytes=MAX_TEMPLATE, default=dict)
    stage = models.CharField(max_length=10, blank=True)
    staged_at = models.DateTimeField(null=True)
    merged_into = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "external_id"], name="one_deal_each")]

    def __str__(self) -> str:
        return self.external_id


class InboxStatus(models.TextChoices):
    PENDING = "pending", "Pending"
    DONE = "done", "Done"
    IGNORED = "ignored", "Ignored"
    FAILED = "failed", "Failed"


class InboxEvent(models.Model):
    """One webhook body as it came; worked on by a worker, once. `outcome` says what came of it, for people."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="inbox")
    digest = models.CharField(max_length=64)
    body = StoredJSONField(max_bytes=MAX_BODY)
    status = models.CharField(max_length=10, choices=InboxStatus.choices, default=InboxStatus.PENDING)
    outcome = StoredJSONField(max_bytes=64 * 1024, default=list, shortens=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-received_at", "-id")
        constraints = [models.UniqueConstraint(fields=["template", "digest"], name="one_inbox_event_each")]
        indexes = [models.Index(fields=["due_at"], condition=Q(status="pending"), name="inbox_due")]

    def __str__(self) -> str:
        return f"{self.template}: {self.get_status_display()}"


class SeenEvent(models.Model):
    """An event of a CRM that was taken: the same one in another body does nothing."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="+")
    event_id = models.CharField(max_length=255)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "event_id"], name="each_crm_event_once")]

    def __str__(self) -> str:
        return self.event_id
