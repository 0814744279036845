"""The host's people, Harvest's users as they were last read, who is who, and who said so."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.stored_json import StoredJSONField


class IdentityState(models.TextChoices):
    MATCHED = "matched", "Matched"
    SUGGESTED = "suggested", "Suggested"
    AMBIGUOUS = "ambiguous", "Ambiguous"
    UNMATCHED = "unmatched", "Unmatched"


class Basis(models.TextChoices):
    """What a match rests on."""

    NONE = "", "Nothing"
    EMAIL = "email", "Equal e-mail"
    CONFIRMED = "confirmed", "Confirmed suggestion"
    OVERRIDE = "override", "Chosen by hand"


class Flag(models.TextChoices):
    """What became of a matched Harvest user."""

    NONE = "", "Nothing"
    ARCHIVED = "archived", "Archived in Harvest"
    VANISHED = "vanished", "No longer in Harvest"


class HarvestUser(models.Model):
    """A user of the connection's Harvest account, as last read. One that is gone keeps its row, `is_gone`."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="harvest_users")
    harvest_user_id = models.BigIntegerField()
    name = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=255, blank=True)
    is_active = models.BooleanField(default=True)
    is_gone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "harvest_user_id"], name="one_harvest_user_each")]
        ordering = ("name", "harvest_user_id")

    def __str__(self) -> str:
        return self.name or self.email or str(self.harvest_user_id)

    @property
    def flag(self) -> Flag:
        return Flag.VANISHED if self.is_gone else Flag.NONE if self.is_active else Flag.ARCHIVED


class Identity(models.Model):
    """One of the host's people and who they are in Harvest.

    A match holds to Harvest's user id, so new names and addresses on either side leave it as it is. `version` counts
    decisions and uploads: a matching run that began before one of them leaves the row alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="identities")
    external_id = models.CharField(max_length=255, help_text="The host's own id of the person: `sub` of widget tokens.")
    email = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=10, choices=IdentityState.choices, default=IdentityState.UNMATCHED)
    basis = models.CharField(max_length=10, choices=Basis.choices, default=Basis.NONE, blank=True)
    harvest_user_id = models.BigIntegerField(null=True, help_text="Set while matched, and only then.")
    flag = models.CharField(max_length=10, choices=Flag.choices, default=Flag.NONE, blank=True)
    candidates = StoredJSONField(
        max_bytes=64 * 1024, default=list, help_text="Harvest user ids with score and reasons, best first."
    )
    rejected = StoredJSONField(
        max_bytes=64 * 1024, default=list, help_text="Harvest user ids that somebody has said this person is not."
    )
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identities"
        permissions = [("retry_identity", "Can retry identity")]
        ordering = ("external_id",)
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="one_identity_each"),
            # The last word on it: whatever races, no Harvest user is ever two people.
            models.UniqueConstraint(
                fields=["connection", "harvest_user_id"],
                condition=Q(harvest_user_id__isnull=False),
                name="one_person_per_harvest_user",
            ),
        ]
        indexes = [models.Index(fields=["connection", "state", "external_id"], name="identities_by_state")]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id

    def match(self, harvest_user_id: int, *, basis: str, flag: str) -> None:
        self.state, self.basis, self.flag = IdentityState.MATCHED, basis, flag
        self.harvest_user_id, self.candidates = harvest_user_id, []

    def unmatch(self, state: str = IdentityState.UNMATCHED, candidates: list[dict[str, Any]] | None = None) -> None:
        self.state, self.basis, self.flag = state, Basis.NONE, Flag.NONE
        self.harvest_user_id, self.candidates = None, candidates or []


class IdentityEvent(models.Model):
    """Who decided what about an identity. Rows are added, and go only with the person."""

    class What(models.TextChoices):
        MATCHED = "matched", "Matched by e-mail"
        CONFIRMED = "confirmed", "Confirmed"
        REJECTED = "rejected", "Rejected"
        OVERRIDDEN = "overridden", "Chosen by hand"
        UNLINKED = "unlinked", "Match ended"
        TAKEN_OVER = "taken_over", "Harvest user given to somebody else"
        FLAGGED = "flagged", "Archived or gone in Harvest"
        RETURNED = "returned", "Active in Harvest again"

    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(max_length=12, choices=What.choices)
    harvest_user_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=255, help_text="host, worker, operator: …")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.actor}"


class MatchingRun(models.Model):
    """One comparison of a connection's people with Harvest's users, and how far it is."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="matching_runs")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    people = models.PositiveIntegerField(default=0, help_text="How many are compared.")
    compared = models.PositiveIntegerField(default=0)
    counts = StoredJSONField(default=dict, help_text="How many ended in each state.")
    error = StoredJSONField(shortens=True, null=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "id")
        indexes = [models.Index(fields=["connection", "-created_at"], name="matching_by_connection")]

    def __str__(self) -> str:
        return f"{self.get_status_display()}, {self.compared} of {self.people}"
