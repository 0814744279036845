"""When a click is too old to be carried out by itself, and which ends are known of a start that is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.api import plain_sql

from .errors import StartOutOfReach
from .models import Intent, IntentKind, IntentStatus

PROMISED = timedelta(hours=72)


def needs_end(start: Intent) -> bool:
    """Whether somebody has to say when the work of a start ended: it is so old that it cannot still go on, or would be
    an entry of more than a day."""
    is_too_long = (start.outcome or {}).get("code") == StartOutOfReach.code
    is_old = timezone.now() - start.clicked_at > PROMISED
    return start.kind == IntentKind.START and (is_too_long or (is_old and not stops_of(start)))


def stops_of(start: Intent) -> list[datetime]:
    """When stops that name this start were clicked; its own end, where one came before it was done."""
    stops_it, values = stops_naming(start)
    rows = plain_sql.select(Intent, ("clicked_at",), f"person_id = %s AND {stops_it}", [start.person_id, *values])
    return with_own_end(start, [clicked_at for (clicked_at,) in rows])


def stops_naming(start: Intent) -> tuple[str, list[Any]]:
    """Of its person's clicks those that ask to stop it, done or not: a condition in SQL, and its values."""
    values = [IntentKind.STOP, IntentStatus.DISCARDED, start.idempotency_key, start.harvest_entry_id or None]
    return "kind = %s AND status <> %s AND (start_key = %s OR harvest_entry_id = %s)", values


def with_own_end(start: Intent, clicked: Iterable[datetime]) -> list[datetime]:
    return [*clicked, *([start.ended_at] if start.ended_at else [])]
