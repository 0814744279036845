"""Linked Harvest accounts, and the tokens that let somebody link one."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.utils import timezone

from harvest_bridge.hosts.models import ApiKey, HostApp, Scope, WidgetKey, every_right
from harvest_bridge.stored_json import StoredJSONField

MAX_CONTEXT = 16 * 1024  # bytes as JSON; linking again may add as much once more before the host has to store less


class Kind(models.TextChoices):
    """Whom a connection is for: everybody, linked by an administrator, or the one person who linked it."""

    ACCOUNT = "account", "Account"
    PERSONAL = "personal", "Personal"


class Status(models.TextChoices):
    """The five states of truto-wire §2.5."""

    CONNECTING = "connecting", "Connecting"
    ACTIVE = "active", "Active"
    POST_INSTALL_ERROR = "post_install_error", "Set-up failed"
    VALIDATION_ERROR = "validation_error", "Validation failed"
    NEEDS_REAUTH = "needs_reauth", "Must be linked again"


class Authentication(models.TextChoices):
    """How the linker proved who they are; the wire's `authentication_method`."""

    OAUTH2 = "oauth2", "OAuth"
    API_KEY = "api_key", "Personal access token"


class Connection(models.Model):
    """One linked Harvest account; on the wire an *integrated account*.

    Tokens are sealed and bound to this row. `token_generation` counts refreshes: only the holder of the current
    generation may write a newer token, so a slow refresh can never overwrite a newer one. A disconnected row keeps its
    history and no tokens.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="connections")
    tenant_id = models.CharField(max_length=255, help_text="The host's own name for its customer.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    user_id = models.CharField(
        max_length=255, blank=True, help_text="Personal connections: the host's own id of the person."
    )
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.CONNECTING, db_index=True)
    label = models.CharField(max_length=100, blank=True, help_text="The host's own words for it.")
    context = StoredJSONField(
        max_bytes=2 * MAX_CONTEXT,
        default=dict,
        blank=True,
        help_text="Whatever the host wants to keep with the connection.",
    )

    harvest_account_id = models.BigIntegerField()
    harvest_account_name = models.CharField(max_length=255)
    harvest_user_id = models.BigIntegerField(help_text="The linker, as a user of this Harvest account.")
    linked_by = models.CharField(max_length=255, help_text="Name and e-mail of the linker.")
    timesheet_url = models.URLField(
        blank=True, help_text="Harvest's own timesheet, where the linker may read the address."
    )
    company = StoredJSONField(
        max_bytes=1024,
        null=True,
        editable=False,
        help_text="base_uri, plan_type and currency as of linking, where the linker may read them.",
    )
    rights = StoredJSONField(
        max_bytes=1024, default=every_right, help_text="What the host app may do with it, as the linker was told."
    )
    access_roles = StoredJSONField(shortens=True, default=list, help_text="What the linker may do in Harvest.")

    authentication_method = models.CharField(
        max_length=10, choices=Authentication.choices, default=Authentication.OAUTH2, editable=False
    )
    sealed_access_token = models.TextField(blank=True, editable=False)
    sealed_refresh_token = models.TextField(blank=True, editable=False)
    access_token_expires_at = models.DateTimeField(null=True, editable=False)
    token_generation = models.PositiveIntegerField(default=0, editable=False)
    forced_generation = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="The last generation that a 401 made; refused again soon after, users/me is asked.",
    )
    refresh_started_at = models.DateTimeField(
        null=True, editable=False, help_text="Set while Harvest is asked; left over, the asking process died."
    )
    refresh_failures = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Renewals in a row that failed and may work later."
    )
    refresh_not_before = models.DateTimeField(
        null=True, editable=False, help_text="Until then no process asks Harvest to renew the tokens again."
    )
    checked_at = models.DateTimeField(
        null=True, editable=False, help_text="When users/me was last asked whether the tokens work."
    )
    refused_since = models.DateTimeField(
        null=True, editable=False, help_text="Since when users/me refuses even tokens that Harvest has just issued."
    )
    grant_id = models.UUIDField(
        default=uuid.uuid4, editable=False, help_text="Whose budget its calls use; survives refreshes."
    )

    last_error = StoredJSONField(shortens=True, null=True, editable=False)
    last_forbidden_error = StoredJSONField(
        shortens=True, null=True, editable=False, help_text="What Harvest did not allow the linker."
    )
    last_refreshed_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    disconnected_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-created_at", "id")
        permissions = [("retry_connection", "Can retry connection")]
        constraints = [
            models.UniqueConstraint(
                fields=["host_app", "tenant_id", "harvest_account_id", "kind", "user_id"], name="one_connection_each"
            )
        ]
        # `/v2` is asked for a Harvest account, and looks before every request.
        indexes = [models.Index(fields=["harvest_account_id"], name="connections_by_account")]

    def __str__(self) -> str:
        return f"{self.harvest_account_name} for {self.tenant_id}"

    def binding(self, field: str) -> str:
        """What a sealed field is bound to: moved to another row, tenant or host app, it does not open."""
        return f"{field} of connection {self.pk} of tenant {self.tenant_id} of {self.host_app_id}"


class ConnectionEvent(models.Model):
    """What happened to a connection, and through whom. Rows are added and never changed."""

    class What(models.TextChoices):
        LINKED = "linked", "Linked"
        RELINKED = "relinked", "Linked again"
        REFRESHED = "refreshed", "Tokens renewed"
        CALL_REFUSED = "call_refused", "A call was refused"
        NEEDS_REAUTH = "needs_reauth", "Must be linked again"
        REACTIVATED = "reactivated", "Works again"
        CHANGED = "changed", "Context or label changed"
        TESTED = "tested", "Test call"
        RELINK_ADDRESS = "relink_address", "Re-link address made"
        DISCONNECTED = "disconnected", "Disconnected"

    # A row outlives its connection: DO_NOTHING, and no constraint in the database.
    connection = models.ForeignKey(Connection, on_delete=models.DO_NOTHING, db_constraint=False, related_name="events")
    what = models.CharField(max_length=20, choices=What.choices)
    actor = models.CharField(max_length=255, help_text="host, worker, harvest, linker: …, operator: …")
    detail = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.actor}"


class LinkToken(models.Model):
    """Lets a browser link one Harvest account. Kept as a hash; spent when the connection becomes active."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="link_tokens")
    tenant_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    user_id = models.CharField(max_length=255, blank=True)
    context = StoredJSONField(max_bytes=MAX_CONTEXT, default=dict)
    keeps_context = models.BooleanField(default=False)
    rights = StoredJSONField(max_bytes=1024, default=every_right)
    redirect_uri = models.CharField(max_length=2000, blank=True)
    allows_another_account = models.BooleanField(default=False)
    relinks = models.ForeignKey(Connection, null=True, on_delete=models.CASCADE, related_name="relink_tokens")
    # The key it was made with, whose end is its end too; neither where an operator or a page of ours made it.
    api_key = models.ForeignKey(ApiKey, null=True, on_delete=models.CASCADE, related_name="+")
    widget_key = models.ForeignKey(WidgetKey, null=True, on_delete=models.CASCADE, related_name="+")
    tenant_name = models.CharField(max_length=255, blank=True, help_text="The customer's name, for the connect pages.")
    user_name = models.CharField(max_length=255, blank=True, help_text="The person's name, for the connect pages.")
    # Where one browser began, it alone may go on: it proves that with a secret of which this is the hash.
    browser_hash = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    # What came of it, for the connect page that waits: the connection, or the last failure as truto-wire §2.3 words it.
    connection = models.ForeignKey(Connection, null=True, on_delete=models.SET_NULL, related_name="+")
    last_failure = StoredJSONField(shortens=True, null=True)
    # Between consent and account choice, sealed.
    sealed_grant = models.TextField(blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"link token for {self.tenant_id}"

    @property
    def binding(self) -> str:
        return f"grant of link token {self.pk} of tenant {self.tenant_id} of {self.host_app_id}"

    @property
    def is_bound_to_a_browser(self) -> bool:
        return bool(self.browser_hash)

    def is_usable_at(self, now: datetime) -> bool:
        return self.spent_at is None and self.is_alive_at(now)

    def is_alive_at(self, now: datetime) -> bool:
        """Whether it may still be shown, spent or not: spent, it opens only the connection that it made."""
        return now < self.expires_at and self._is_backed_at(now)

    def _is_backed_at(self, now: datetime) -> bool:
        """Whether the key that it was made with, if any, could still make it."""
        if self.api_key is not None and not self.api_key.may_at(now, Scope.CONNECTIONS):
            return False
        return self.widget_key is None or self.widget_key.revoked_at is None


class SpentState(models.Model):
    """An OAuth state that came back, as a hash, until it would have expired anyway: each is good for one callback."""

    state_hash = models.CharField(max_length=64, primary_key=True, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"state of {self.expires_at:%Y-%m-%d %H:%M}"


class IntegratedAccountToken(models.Model):
    """A 15-minute token for the data of one connection, for a browser or a job. Kept as a hash.

    It may do what the API key that made it may do at that moment, of that no more than `scopes` where these are named,
    and ends with that key.
    """

    token_hash = models.CharField(max_length=64, primary_key=True, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tokens")
    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="account_tokens")
    scopes = StoredJSONField(max_bytes=1024, null=True, help_text="Null: those of its API key.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"token for {self.connection_id}"
