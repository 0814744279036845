"""Host apps and what identifies them: origins in a browser, API keys on the wire, widget keys in signed tokens."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone

from harvest_bridge.stored_json import StoredJSONField

from .origins import validate_origin


class Right(models.TextChoices):
    """What a host app may do with the accounts that are linked for it; people read it before they link one."""

    READ = "read", "See everything that the person sees in Harvest"
    TIME = "time", "Add, change and delete time entries and expenses"
    PEOPLE = "people", "Add, change and archive people, their roles and rates"
    PROJECTS = "projects", "Add, change and delete clients, projects and tasks"
    INVOICES = "invoices", "Add, change, send and delete invoices, estimates and payments"


def every_right() -> list[str]:
    return list(Right.values)


class HostApp(models.Model):
    """One embedding product, or one environment of it such as staging."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, help_text="Shown to people who link their Harvest account.")
    logo_url = models.CharField(
        max_length=500,
        blank=True,
        validators=[URLValidator(schemes=["https", "http"])],
        help_text="Address of a square logo for the connect page.",
    )
    rights = StoredJSONField(
        max_bytes=1024,
        default=every_right,
        help_text="What it asks for when an account is linked. Connections keep what they were linked with.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class AllowedOrigin(models.Model):
    """A page origin that may embed the timer. It belongs to exactly one host app, so a bare page needs no id."""

    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="origins")
    origin = models.CharField(
        max_length=255,
        unique=True,
        validators=[validate_origin],
        help_text="Scheme, host and port, no path: https://app.example.com",
        error_messages={
            "unique": "Another host app already has this origin; an origin belongs to exactly one host app."
        },
    )

    class Meta:
        ordering = ("origin",)

    def __str__(self) -> str:
        return self.origin


class Scope(models.TextChoices):
    """What an API key may do."""

    CONNECTIONS = "connections", "Link, list and disconnect Harvest accounts"
    DIRECTORY = "directory", "Read the unified user directory"
    HARVEST = "harvest", "Read and write Harvest directly"
    WEBHOOKS = "webhooks", "Manage webhooks and read every event"
    INSIGHTS = "insights", "Read answers from time, pay contractors by them"
    PROVISIONING = "provisioning", "Turn won deals into clients, projects and people in Harvest"
    INVOICES = "invoices", "Read invoices, record their payments, send and move them"
    INVOICE_LINKS = "invoice_links", "Read the public links of invoices, which open them for whoever has one"


# What a key may do unless somebody chooses otherwise: not what opens documents to whoever has a link.
USUAL_SCOPES = [scope for scope in Scope.values if scope != Scope.INVOICE_LINKS]


class ApiKey(models.Model):
    """A host back end's key. The key itself is shown once and kept as a hash."""

    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="api_keys")
    label = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=20, editable=False, help_text="The visible beginning of the key.")
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = StoredJSONField(max_bytes=1024, default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.prefix}…"

    def is_valid_at(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def may_at(self, now: datetime, scope: str) -> bool:
        return scope in self.scopes and self.is_valid_at(now)


class WidgetKey(models.Model):
    """Signs a host app's widget tokens (HS256). Verifying needs the secret itself, so it is sealed, not hashed."""

    id = models.CharField(primary_key=True, max_length=40, editable=False, help_text="The `kid` of widget tokens.")
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="widget_keys")
    sealed_secret = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.id

    @property
    def binding(self) -> str:
        """What the sealed secret is bound to."""
        return f"widget key {self.id} of {self.host_app_id}"
