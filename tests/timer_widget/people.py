"""Carmen and Alice at their widgets, for tests of the timer's API."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from tests.people import ORIGIN, rest, widget_token
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person

ITEM = {
    "id": "T-1",
    "name": "Fix the login",
    "group_id": "web",
    "group_name": "Web",
    "account_id": "77",
    "permalink": f"{ORIGIN}/tickets/1",
}


def click(**asked: Any) -> dict[str, Any]:
    """A body with a key and a moment of its own."""
    return {"idempotency_key": uuid.uuid4().hex, "clicked_at": datetime.now(UTC).isoformat(), **asked}


def session(host: NewHostApp, **claims: Any) -> APIClient:
    token = widget_token(host, **claims)
    return rest(APIClient().post("/timer/session", {"token": token, "origin": ORIGIN}, format="json").json()["session"])


def replay_after(seconds: float) -> None:
    """So much later by the clock of the clicks that wait, the worker carries out what it may."""
    span = timedelta(seconds=seconds)
    for intent in Intent.objects.filter(status="pending"):
        moments = {name: intent.progress[name] for name in ("quiet_until", "silent_until") if intent.progress.get(name)}
        earlier = {name: (datetime.fromisoformat(moment) - span).isoformat() for name, moment in moments.items()}
        claimed_until = intent.claimed_until and intent.claimed_until - span
        Intent.objects.filter(pk=intent.pk).update(
            progress={**intent.progress, **earlier}, claimed_until=claimed_until, next_attempt_at=datetime.now(UTC)
        )
    replay_due(Person.objects.get().pk)
