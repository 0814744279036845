"""When a click is too old to be carried out by itself, and which ends are known of a start that is."""

from __future__ import annotations

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
    named = Q(start_key=start.idempotency_key)
    if start.harvest_entry_id:
        named |= Q(harvest_entry_id=start.harvest_entry_id)
    rows = Intent.objects.filter(named, person_id=start.person_id, kind=IntentKind.STOP)
    clicked = rows.exclude(status=IntentStatus.DISCARDED).values_list("clicked_at", flat=True)
    return [*clicked, *([start.ended_at] if start.ended_at else [])]
