"""What crosses the border of /mirror/sync, /mirror/streams, /mirror/settings: schedules in, runs and streams out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from harvest_bridge.api.inputs import FlagField, OneOfField, StrictInput

from .claims import OPEN
from .models import Kind, Mirror, Run
from .resources import RESOURCES
from .schedule import intervals_of, policy_of, resources_of

LONGEST_WAIT = 60
_NAMES = [row.name for row in RESOURCES]
_DAY = 86400


def _resources(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=OneOfField(_NAMES), max_length=len(_NAMES), **options)


class SyncInput(StrictInput):
    """What to read now, how, and how many seconds the caller waits for the end."""

    resources = _resources(default=list)
    kind = OneOfField([each for each in Kind.choices if each[0] != Kind.OPEN], default=Kind.HOT)
    wait = serializers.FloatField(min_value=0, max_value=LONGEST_WAIT, default=0)


class SettingsInput(StrictInput):
    """What is left out stays; null gives a value back to the host app's policy."""

    is_on = FlagField(required=False)
    is_paused = FlagField(required=False)
    resources = _resources(required=False, allow_null=True)
    hot_seconds = serializers.IntegerField(min_value=30, max_value=_DAY, required=False, allow_null=True)
    window_seconds = serializers.IntegerField(min_value=60, max_value=_DAY, required=False, allow_null=True)
    sweep_seconds = serializers.IntegerField(min_value=600, max_value=30 * _DAY, required=False, allow_null=True)
    history_days = serializers.IntegerField(min_value=1, max_value=36500, required=False, allow_null=True)


def serialize_settings(mirror: Mirror) -> dict[str, Any]:
    """What holds, wherever it was set."""
    policy = policy_of(mirror.connection)
    intervals = intervals_of(mirror, policy)
    return {
        "integrated_account_id": str(mirror.connection_id),
        "is_on": mirror.is_on,
        "is_paused": mirror.is_paused,
        "resources": [row.name for row in resources_of(mirror, policy)],
        "hot_seconds": int(intervals.hot.total_seconds()),
        "window_seconds": int(intervals.window.total_seconds()),
        "sweep_seconds": int(intervals.sweep.total_seconds()),
        "history_days": mirror.history_days or policy.history_days,
        "position": mirror.last_position,
    }


def serialize_run(run: Run, *, now: datetime | None = None) -> dict[str, Any]:
    return {
        "id": str(run.pk),
        "kind": str(run.kind),
        "status": str(run.status),
        "requested_by": run.requested_by or None,
        "resource": run.resource or None,
        "resources_left": list(run.resources),
        "outcomes": {name: value for name, value in run.results.items() if name in _NAMES},
        "calls": run.calls,
        "rows": run.rows,
        "changed": run.changed,
        "deleted": run.deleted,
        "seconds_left": seconds_left(run, now=now or timezone.now()),
        "waits_until": run.waits_until if run.status in OPEN else None,
        "error": run.error,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def seconds_left(run: Run, *, now: datetime) -> int | None:
    """Of the list that is being read, at the pace so far; None where nobody can tell."""
    totals = run.walk.get("totals") if run.walk else None
    if run.status != Run.Status.RUNNING or not totals or not run.walk["rows"]:
        return None
    began_at = datetime.fromisoformat(run.walk["began_at"])
    pace = (now - began_at).total_seconds() / run.walk["rows"]
    return max(0, int((max(totals) - run.walk["rows"]) * pace))
