"""Who carries out a click: at most one at a time, and only the first pending one of its person."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection as database
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from harvest_bridge.api import plain_sql
from timer_widget.errors import ClaimLost
from timer_widget.models import Intent, IntentKind, IntentStatus, Person
from timer_widget.unsettled_clicks import IS_QUEUED

# How much longer than a call may take its click stays claimed: whoever comes next meets no call of ours on its way.
MARGIN = timedelta(seconds=5)


def new_claim() -> str:
    return uuid.uuid4().hex


def pending(**scope: Any) -> QuerySet[Intent]:
    return Intent.objects.filter(IS_QUEUED, status=IntentStatus.PENDING, **scope)


class Queue(NamedTuple):
    """Of one person. Shape: the last position that was given, and whether any click waits."""

    last: int
    is_waiting: bool


def queue_of(person: Person) -> Queue:
    """In plain SQL, as it is asked with every click."""
    clicks = f"FROM {Intent._meta.db_table} WHERE person_id = %s"
    waits = f"EXISTS(SELECT 1 {clicks} AND status = '{IntentStatus.PENDING}' AND kind <> '{IntentKind.PROJECT}')"
    with database.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(position), 0), {waits} {clicks}", [person.pk, person.pk])
        last, is_waiting = cursor.fetchone()
    return Queue(last, bool(is_waiting))


def free(now: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lt=now)


def first_of_each(now: datetime) -> QuerySet[Intent]:
    """Those that are due and free, of each person the first alone; the longest due first."""
    before = pending(person=OuterRef("person"), position__lt=OuterRef("position"))
    due = pending(next_attempt_at__lte=now).filter(free(now))
    return due.filter(~Exists(before)).order_by("next_attempt_at")


def is_first(intent: Intent) -> bool:
    return not pending(person_id=intent.person_id, position__lt=intent.position).exists()


def claim(intent: Intent, *, seconds: float) -> bool:
    """Take it, by one conditional update. Whoever has it is alone with it for so long, or until they settle it."""
    now, ours = timezone.now(), new_claim()
    until = now + timedelta(seconds=seconds) + MARGIN
    if not is_first(intent):
        return False
    is_ours = pending(pk=intent.pk).filter(free(now)).update(claim=ours, claimed_until=until)
    if is_ours:
        intent.refresh_from_db()
    return bool(is_ours)


def hold(intent: Intent, *, seconds: float, **fields: Any) -> None:
    """Stay the one who has it for as long again, and note `fields` in the same update. Errors: ClaimLost."""
    until = timezone.now() + timedelta(seconds=seconds) + MARGIN
    if not update_held(intent, {"claimed_until": until, **fields}):
        raise ClaimLost("This click is carried out by somebody else by now.", retry_after=1)
    intent.claimed_until = until


def update_held(intent: Intent, fields: dict[str, Any]) -> bool:
    """Whether it was still held, as it must be."""
    values = [plain_sql.key(Intent, intent.pk), IntentStatus.PENDING, intent.claim]
    return bool(plain_sql.update(Intent, fields, "id = %s AND status = %s AND claim = %s", values))
