"""Who clicks, with which session, and what they asked for. Harvest stays the truth for time."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.utils import timezone

from harvest_bridge.hosts.models import HostApp, WidgetKey
from harvest_bridge.stored_json import StoredJSONField

from .decision_models import Decision, DecisionBy
from .guard_models import ForgottenStatus, ForgottenTimer, PersonTimerRules, Reason, Weekend
from .host_models import Match, ProjectRule, Theme, TimerSettings

__all__ = [
    "CarriedOutBy",
    "Decision",
    "DecisionBy",
    "Failure",
    "ForgottenStatus",
    "ForgottenTimer",
    "Intent",
    "IntentKind",
    "IntentStatus",
    "Match",
    "Person",
    "PersonState",
    "PersonTimerRules",
    "ProjectRule",
    "Reason",
    "SignInCode",
    "SpentWidgetToken",
    "Theme",
    "TimerSession",
    "TimerSettings",
    "Weekend",
]

MAX_STATE = 4 * 1024 * 1024  # bytes as JSON: a running timer, and the clicks of a day offline
BY_THE_GUARD = "guard"  # `by` in what a click asks for, which the bridge made itself
MAX_CLICK = 384 * 1024  # bytes as JSON: the longest notes that Harvest takes, in any script, and an item


class Person(models.Model):
    """Somebody of a host app's customer, as the host's signed tokens name them."""

    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="people")
    tenant_id = models.CharField(max_length=255)
    user_id = models.CharField(max_length=255, help_text="The host's own id: `sub` of its widget tokens.")
    email = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=255, blank=True)
    last_seen_at = models.DateTimeField(default=timezone.now)
    signed_out_at = models.DateTimeField(null=True, editable=False, help_text="Sign-ins kept from before are void.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host_app", "tenant_id", "user_id"], name="one_person_each")]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name or self.email or self.user_id


class SpentWidgetToken(models.Model):
    """The `jti` of a widget token that was exchanged, kept until the token would have expired anyway."""

    widget_key = models.ForeignKey(WidgetKey, on_delete=models.CASCADE, related_name="+")
    jti = models.CharField(max_length=255)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["widget_key", "jti"], name="each_widget_token_once")]

    def __str__(self) -> str:
        return self.jti


class TimerSession(models.Model):
    """15 minutes of `/timer/…` for one person on one origin. Kept as a hash; the token is in the frame's memory."""

    token_hash = models.CharField(max_length=64, primary_key=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sessions")
    widget_key = models.ForeignKey(
        WidgetKey,
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="Signed the token that bought this session, which ends with it; none where people sign in by popup.",
    )
    origin = models.CharField(max_length=255)
    item_ids = StoredJSONField(
        max_bytes=8192, null=True, help_text="The only items this session may time, if the host said so."
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    last_seen_at = models.DateTimeField(default=timezone.now, help_text="To the minute, while its page is open.")

    def __str__(self) -> str:
        return f"session of {self.person}"

    def is_valid_at(self, now: datetime) -> bool:
        return now < self.expires_at

    def may_time(self, item_id: str) -> bool:
        return self.item_ids is None or item_id in self.item_ids


class SignInCode(models.Model):
    """What the sign-in window hands to the frame that opened it: once, within a minute, on one origin (D4)."""

    code_hash = models.CharField(max_length=64, primary_key=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=255)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"sign-in of {self.person}"


class Failure(models.Model):
    """How often a day the timer of a host app was refused, by the reason's code."""

    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="timer_failures")
    day = models.DateField()
    code = models.CharField(max_length=50)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host_app", "day", "code"], name="one_count_a_day_and_code")]

    def __str__(self) -> str:
        return f"{self.code} on {self.day}"


class PersonState(models.Model):
    """What a person's pages were told last; `version` rises with each time, and open streams follow it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="told")
    version = models.BigIntegerField(default=0)
    state = StoredJSONField(max_bytes=MAX_STATE, null=True)
    running = StoredJSONField(max_bytes=MAX_CLICK, null=True, help_text="The running timer, as it was read last.")
    read_at = models.DateTimeField(null=True, help_text="When that was.")
    changed_at = models.DateTimeField(default=timezone.now, db_index=True)
    active_at = models.DateTimeField(null=True, help_text="The last sign of a page that the person sees.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Of their Harvest profile, as it was read last.")
    guard_at = models.DateTimeField(
        null=True, db_index=True, help_text="When the running timer is looked at next, in case it was forgotten."
    )

    def __str__(self) -> str:
        return f"state of {self.person}"


class IntentKind(models.TextChoices):
    START = "start", "Start"
    STOP = "stop", "Stop"
    EDIT = "edit", "Edit"
    ADD = "add", "Add time"
    DELETE = "delete", "Delete"
    MOVE = "move", "Correct the start"
    UNDO = "undo", "Undo a switch"
    PROJECT = "project", "New project"
    ANSWER = "answer", "Answer on a forgotten timer"


class IntentStatus(models.TextChoices):
    """Pending: on its way, in its person's queue. Failed: not done; with `needs_decision` its person is asked."""

    PENDING = "pending", "Pending"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    DISCARDED = "discarded", "Discarded"


class CarriedOutBy(models.TextChoices):
    REQUEST = "request", "The page's own request"
    WORKER = "worker", "The worker, later"


class Intent(models.Model):
    """What a person asked for, committed before Harvest is asked, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="intents")
    kind = models.CharField(max_length=10, choices=IntentKind.choices)
    idempotency_key = models.CharField(max_length=64)
    clicked_at = models.DateTimeField(help_text="The moment of the click, by the person's clock.")
    created_at = models.DateTimeField(default=timezone.now)
    item_id = models.CharField(max_length=255, blank=True)
    group_id = models.CharField(max_length=255, blank=True)
    asked = StoredJSONField(max_bytes=MAX_CLICK, help_text="Everything needed to do it again.")

    status = models.CharField(max_length=10, choices=IntentStatus.choices, default=IntentStatus.PENDING)
    needs_decision = models.BooleanField(default=False, help_text="Its person, or an operator, decides on it.")
    harvest_entry_id = models.BigIntegerField(null=True)
    outcome = StoredJSONField(shortens=True, null=True, help_text="What came of it; code and message if it went wrong.")
    settled_at = models.DateTimeField(null=True)

    # What its history tells: where it came from, and what it changed.
    origin = models.CharField(max_length=255, blank=True, help_text="Of the page.")
    device = models.CharField(max_length=100, blank=True, help_text="The browser and its system.")
    carried_out_by = models.CharField(max_length=10, choices=CarriedOutBy.choices, blank=True)
    harvest_account_id = models.BigIntegerField(null=True, help_text="Where it was done.")
    names = StoredJSONField(shortens=True, null=True, help_text="Of its project and task, as far as they were known.")
    entry_before = StoredJSONField(shortens=True, null=True, help_text="The time entry, before a change of it.")
    entry_after = StoredJSONField(shortens=True, null=True, help_text="The time entry, once this was done.")

    # What carrying it out again takes.
    position = models.BigIntegerField(default=0, help_text="Rises with each click of the person.")
    item_ids = StoredJSONField(max_bytes=8192, null=True, help_text="The only items its session might time, if any.")
    attempted_at = models.DateTimeField(null=True, help_text="Since when it is unknown whether Harvest did it.")
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claim = models.CharField(max_length=32, blank=True, help_text="Who carries it out, until `claimed_until`.")
    claimed_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(default=timezone.now, help_text="Later it is done only if its person says so.")
    progress = StoredJSONField(max_bytes=MAX_CLICK, default=dict, help_text="What was known and done on the way.")
    start_key = models.CharField(max_length=64, blank=True, help_text="The start that it means, by its key.")
    ended_at = models.DateTimeField(null=True, help_text="Of a start: its end, if known before it is done.")
    gap = models.PositiveIntegerField(default=0, help_text="How many clicks of its browser before it never came.")
    clock_offset_seconds = models.FloatField(null=True, help_text="Of the person's clock, if above two minutes.")

    class Meta:
        permissions = [("retry_intent", "Can retry intent")]
        constraints = [models.UniqueConstraint(fields=["person", "idempotency_key"], name="each_click_once")]
        indexes = [
            models.Index(fields=["person", "item_id", "group_id", "-created_at"], name="intent_by_item"),
            models.Index(fields=["status", "created_at"], name="intent_by_status"),
            models.Index(fields=["status", "next_attempt_at"], name="intent_by_next_attempt"),
            models.Index(fields=["person", "status", "position"], name="intent_by_position"),
            models.Index(fields=["person", "harvest_entry_id"], name="intent_by_entry"),
        ]
        ordering = ("-created_at",)
        verbose_name = "click"

    def __str__(self) -> str:
        return f"{self.kind} by {self.person}"

    @property
    def is_automatic(self) -> bool:
        """The stop of a forgotten timer that the bridge made by itself."""
        return bool(self.asked.get("by") == BY_THE_GUARD)
