"""Counts refusals of a host app's timer, by reason and day, for the admin."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone

from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.hosts.queries import host_app_at
from timer_widget.models import Failure

# What everybody's widget says in the course of a day, and nobody has to mend.
_EVERYDAY = {"sign_in_needed", "timer_session_expired", "widget_token_expired"}


def note_failure(host_app: HostApp | None, error: BridgeError) -> None:
    """Count it on today's row; an origin that is nobody's has none."""
    if host_app is None or error.code in _EVERYDAY:
        return
    row, _ = Failure.objects.get_or_create(host_app=host_app, day=timezone.now().date(), code=error.code)
    Failure.objects.filter(pk=row.pk).update(count=F("count") + 1)


def note_failure_at(origin: str, error: BridgeError) -> None:
    note_failure(host_app_at(origin), error)
