"""When a click is too old to be carried out by itself, and which ends are known of a start that is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from .models import Intent, IntentKind, IntentStatus

PROMISED = timedelta(hours=72)


def needs_end(start: Intent) -> bool:
    """Whether a start is so old that it cannot still go on, and nobody has said when its work ended."""
    is_old = timezone.now() - start.clicked_at > PROMISED
    return start.kind == IntentKind.START and is_old and not stops_of(start)


def stops_of(start: Intent) -> list[datetime]:
    """When stops that name this start were clicked; its own end, where one came before it was done."""
    rows = Intent.objects.filter(stops_naming(start), person_id=start.person_id)
    return with_own_end(start, rows.values_list("clicked_at", flat=True))


def stops_naming(start: Intent) -> Q:
    """Of its person's clicks those that ask to stop it, done or not."""
    named = Q(start_key=start.idempotency_key)
    if start.harvest_entry_id:
        named |= Q(harvest_entry_id=start.harvest_entry_id)
    return named & Q(kind=IntentKind.STOP) & ~Q(status=IntentStatus.DISCARDED)


def with_own_end(start: Intent, clicked: Iterable[datetime]) -> list[datetime]:
    return [*clicked, *([start.ended_at] if start.ended_at else [])]
