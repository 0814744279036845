"""Intents: the record of what a person asked for, written before Harvest is called and settled after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from harvest_bridge.api.deferred_writes import kept_writes
from harvest_bridge.api.idempotency import is_final
from harvest_bridge.errors import BridgeError
from timer_widget.errors import ClickRepeated
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

Tell = Callable[[], None]


def _nothing() -> None:
    """Hosts are told nothing."""


def record(
    *,
    person: Person,
    kind: IntentKind,
    idempotency_key: str,
    clicked_at: datetime,
    asked: dict[str, Any],
    item_id: str = "",
    group_id: str = "",
) -> Intent:
    """Commit a click, or find the same click again if it has been done, or was not for a reason that passes.

    Errors: ClickRepeated while the first one is on its way, or after it was refused.
    """
    try:
        with transaction.atomic():
            return Intent.objects.create(
                person=person,
                kind=kind,
                idempotency_key=idempotency_key,
                clicked_at=clicked_at,
                asked=asked,
                item_id=item_id,
                group_id=group_id,
            )
    except IntegrityError:
        earlier = Intent.objects.get(person=person, idempotency_key=idempotency_key)
        kept_writes.catch_up(f"intent {earlier.pk}")
        earlier.refresh_from_db()
    if earlier.status == IntentStatus.DONE and earlier.kind == kind:
        return earlier
    if _claims_again(earlier, kind, asked):
        return earlier
    raise ClickRepeated(f"This click was sent before and is {earlier.get_status_display().lower()}; look at the state.")


def settle(
    intent: Intent, *, entry_id: int | None, outcome: dict[str, Any] | None = None, tell: Tell = _nothing
) -> None:
    """It is done. `tell` writes down what hosts are told of it, in the same transaction."""
    _settle(intent, tell, status=IntentStatus.DONE, harvest_entry_id=entry_id, outcome=outcome)


def settle_failure(intent: Intent, error: BridgeError, *, tell: Tell = _nothing) -> None:
    """It was not done, and Harvest holds nothing of it."""
    outcome = {"code": error.code, "message": error.message, "may_run_again": not (is_final(error) or error.is_partial)}
    _settle(intent, tell, status=IntentStatus.FAILED, outcome=outcome)


def leave_pending(intent: Intent, error: BridgeError) -> None:
    """Nobody knows yet whether it was done: the answer was lost, and looking failed too."""
    _settle(intent, _nothing, status=IntentStatus.PENDING, outcome={"code": error.code, "message": error.message})


def choices(person: Person, **scope: str) -> QuerySet[Intent]:
    """What this person tracked time to, newest first; `scope` narrows it to an item or a group."""
    kinds = (IntentKind.START, IntentKind.ADD)
    return Intent.objects.filter(person=person, kind__in=kinds, status=IntentStatus.DONE, **scope)


def projects_created(person: Person, *, group_id: str) -> QuerySet[Intent]:
    """Projects made from the form for this group; `outcome` holds the new project's id."""
    made = Intent.objects.filter(kind=IntentKind.PROJECT, status=IntentStatus.DONE, group_id=group_id)
    return made.filter(person__host_app=person.host_app, person__tenant_id=person.tenant_id)


def deletion_of(person: Person, entry_id: int) -> Intent | None:
    """The deletion of this entry by this person within the last day."""
    since = timezone.now() - timedelta(days=1)
    done = Intent.objects.filter(person=person, kind=IntentKind.DELETE, status=IntentStatus.DONE)
    return done.filter(harvest_entry_id=entry_id, created_at__gte=since).first()


def _claims_again(earlier: Intent, kind: IntentKind, asked: dict[str, Any]) -> bool:
    """Whether this is the same click, of which nothing was done because something passing was in its way."""
    may_run_again = earlier.status == IntentStatus.FAILED and (earlier.outcome or {}).get("may_run_again", False)
    if not may_run_again or earlier.kind != kind or earlier.asked != asked:
        return False
    same = Intent.objects.filter(pk=earlier.pk, status=IntentStatus.FAILED)
    is_ours = bool(same.update(status=IntentStatus.PENDING, outcome=None, settled_at=None))
    earlier.status = IntentStatus.PENDING
    return is_ours


def _settle(intent: Intent, tell: Tell, **fields: Any) -> None:
    """What was done is done, also where this cannot be written at the moment."""
    settled_at = None if fields["status"] == IntentStatus.PENDING else timezone.now()

    def write() -> None:
        with transaction.atomic():
            if Intent.objects.filter(pk=intent.pk).update(settled_at=settled_at, **fields):
                tell()

    kept_writes.write(f"intent {intent.pk}", write)
