"""Intents: the record of what a person asked for, written before Harvest is called and settled after."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db import connection as database
from django.db.models import QuerySet
from django.utils import timezone

from harvest_bridge.api import plain_sql
from harvest_bridge.api.deferred_writes import kept_writes
from harvest_bridge.errors import BridgeError
from timer_widget.errors import ClickRepeated
from timer_widget.expiry import PROMISED
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

from . import claims, traces
from .click_items import item_of
from .work_times import moment_of, noted_offset

Tell = Callable[[], None]


@dataclass(frozen=True)
class NewClick:
    """A click as it came. Shape: `asked` is all that it takes to do it; `item_ids` are what its session may time;
    `shows` is what runs once it is done, as `expected_timer`."""

    kind: IntentKind
    idempotency_key: str
    clicked_at: datetime
    asked: dict[str, Any]
    item_id: str = ""
    group_id: str = ""
    item_ids: list[str] | None = None
    clock_offset_seconds: float | None = None
    origin: str = ""
    device: str = ""
    shows: dict[str, Any] | None = None


def _nothing() -> None:
    """Hosts are told nothing."""


def record(person: Person, click: NewClick, *, seconds: float) -> tuple[Intent, bool]:
    """Commit a click at the end of its person's queue, claimed for `seconds` if it is first there.

    Shape: the intent, and whether it is new; else it is the same click, sent again.
    Errors: ClickRepeated for a key that came with another click.
    """
    try:
        with transaction.atomic():
            return _added(person, click, seconds=seconds), True
    except IntegrityError:
        earlier = Intent.objects.get(person=person, idempotency_key=click.idempotency_key)
        kept_writes.catch_up(f"intent {earlier.pk}")
        earlier.refresh_from_db()
    if earlier.kind != click.kind or earlier.asked != click.asked:
        raise ClickRepeated("idempotency_key: another click came with this key; every click needs a key of its own.")
    return earlier, False


def settle(
    intent: Intent, *, entry_id: int | None, outcome: dict[str, Any] | None = None, tell: Tell = _nothing, **known: Any
) -> None:
    """It is done. `tell` writes down what hosts are told of it, in the same transaction."""
    fields = {"harvest_entry_id": entry_id, "outcome": outcome, "attempted_at": None, **known}
    _settle(intent, tell, status=IntentStatus.DONE, **fields)


def settle_failure(intent: Intent, error: BridgeError, *, needs_decision: bool = False, tell: Tell = _nothing) -> None:
    """It was not done. Where its person was not told at once, they are asked what to do with it."""
    fields = {"progress": intent.progress, "attempted_at": intent.attempted_at, "attempts": intent.attempts + 1}
    _settle(
        intent, tell, status=IntentStatus.FAILED, outcome=outcome_of(error), needs_decision=needs_decision, **fields
    )


def leave_pending(intent: Intent, error: BridgeError, *, after: float) -> None:
    """It is carried out again in `after` seconds; `attempted_at` says whether it has to be looked for first."""
    next_at = timezone.now() + timedelta(seconds=after)
    fields = {"progress": intent.progress, "attempted_at": intent.attempted_at, "attempts": intent.attempts + 1}
    _settle(intent, _nothing, status=IntentStatus.PENDING, outcome=outcome_of(error), next_attempt_at=next_at, **fields)


def try_again(intent: Intent, *, now: datetime, **changes: Any) -> bool:
    """A failed click back into the queue, at the place that it had there."""
    fields = {"status": IntentStatus.PENDING, "needs_decision": False, "settled_at": None, "attempts": 0}
    fields |= {"next_attempt_at": now, "expires_at": max(intent.expires_at, now + PROMISED), "claimed_until": None}
    waiting = Intent.objects.filter(pk=intent.pk, status=IntentStatus.FAILED)
    is_ours = bool(waiting.update(**(fields | changes)))
    intent.refresh_from_db()
    return is_ours


def begin_again(start_id: UUID, *, ended_at: datetime | None = None) -> None:
    """A start that is done, back into the queue at the place that it had there; it ended at `ended_at`, if given."""
    now, done = timezone.now(), Intent.objects.filter(pk=start_id, status=IntentStatus.DONE)
    fields: dict[str, Any] = {"status": IntentStatus.PENDING, "settled_at": None, "outcome": None}
    fields |= {"harvest_entry_id": None, "attempted_at": None, "claimed_until": None}
    fields |= {"progress": {}, "attempts": 0, "next_attempt_at": now}
    for start in done:
        ends = [each for each in (start.ended_at, ended_at) if each is not None]
        done.update(**fields, expires_at=max(start.expires_at, now + PROMISED), ended_at=min(ends, default=None))


def discard(intent: Intent) -> bool:
    """Nobody carries it out any more. Not one that is on its way."""
    now = timezone.now()
    fields = {"status": IntentStatus.DISCARDED, "needs_decision": False, "settled_at": now}
    waiting = Intent.objects.filter(pk=intent.pk, status=IntentStatus.FAILED)
    idle = claims.pending(pk=intent.pk, attempted_at=None).filter(claims.free(now))
    return bool(waiting.update(**fields) or idle.update(**fields))


def choices(person: Person, **scope: str) -> QuerySet[Intent]:
    """What this person tracked time to, newest first; `scope` narrows it to an item or a group."""
    kinds = (IntentKind.START, IntentKind.ADD)
    return Intent.objects.filter(person=person, kind__in=kinds, status=IntentStatus.DONE, **scope)


def projects_created(person: Person, *, group_id: str) -> QuerySet[Intent]:
    """Projects made from the form for this group; `outcome` holds the new project's id."""
    made = Intent.objects.filter(kind=IntentKind.PROJECT, status=IntentStatus.DONE, group_id=group_id)
    return made.filter(person__host_app=person.host_app, person__tenant_id=person.tenant_id)


def deletion_of(undo: Intent, entry_id: int) -> Intent | None:
    """The deletion of this entry by the same person within the day before the click of `undo`."""
    done = Intent.objects.filter(person=undo.person, kind=IntentKind.DELETE, status=IntentStatus.DONE)
    return done.filter(harvest_entry_id=entry_id, clicked_at__gte=undo.clicked_at - timedelta(days=1)).first()


def undone_before(undo: Intent, deletion: Intent) -> int | None:
    """The entry that an earlier click made of this deletion: a deletion is undone once."""
    done = Intent.objects.filter(person_id=undo.person_id, kind=IntentKind.UNDO, status=IntentStatus.DONE)
    since = done.filter(position__gt=deletion.position, asked__entry_id=undo.asked["entry_id"])
    return since.values_list("harvest_entry_id", flat=True).first()


def outcome_of(error: BridgeError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message, "status": error.status, "extra": error.extra}


def _added(person: Person, click: NewClick, *, seconds: float) -> Intent:
    """Within a transaction; the person's row is locked, so that positions rise."""
    if database.features.has_select_for_update:  # elsewhere a transaction is alone anyhow
        Person.objects.select_for_update().values_list("pk").get(pk=person.pk)
    now = timezone.now()
    queue = claims.queue_of(person)
    until = now + timedelta(seconds=seconds) + claims.MARGIN
    moment = moment_of(click.clicked_at, now)
    about = item_of(person, click.asked, item_id=click.item_id, group_id=click.group_id)
    intent = Intent(
        person=person,
        kind=click.kind,
        idempotency_key=click.idempotency_key,
        clicked_at=moment,
        created_at=now,
        asked=click.asked,
        item_id=about.item_id,
        group_id=about.group_id,
        names=about.names,
        position=queue.last + 1,
        item_ids=click.item_ids,
        next_attempt_at=now,
        expires_at=moment + PROMISED,
        start_key=click.asked.get("start_key") or "",
        claim=claims.new_claim(),
        claimed_until=None if queue.is_waiting else until,
        clock_offset_seconds=noted_offset(click.clicked_at, now, click.clock_offset_seconds),
        gap=_gap_before(person, click.idempotency_key),
        origin=click.origin,
        device=click.device,
        progress={**traces.kept(), **({"shows": click.shows} if click.shows else {})},
    )
    plain_sql.insert(intent)
    return intent


def _gap_before(person: Person, key: str) -> int:
    """How many counters of this client lie between its last click and this one: `<client id>.<counter>`."""
    client, _, counter = key.rpartition(".")
    if not client or not counter.isdecimal():
        return 0
    where = r"person_id = %s AND idempotency_key LIKE %s ESCAPE '\' ORDER BY position DESC LIMIT 1"
    values = [person.pk, f"{database.ops.prep_for_like_query(client)}.%"]
    before = plain_sql.select(Intent, ("idempotency_key",), where, values)
    last = before[0][0].rpartition(".")[2] if before else ""
    return min(10**6, max(0, int(counter) - int(last) - 1)) if last.isdecimal() else 0


def _settle(intent: Intent, tell: Tell, **fields: Any) -> None:
    """Of whoever holds the claim. What was done is done, also where this cannot be written at the moment."""
    settled_at = None if fields["status"] == IntentStatus.PENDING else timezone.now()
    fields |= {"settled_at": settled_at, "claimed_until": None}

    def write() -> None:
        with transaction.atomic():
            if claims.update_held(intent, fields):
                tell()

    kept_writes.write(f"intent {intent.pk}", write)
    for name, value in fields.items():
        setattr(intent, name, value)
