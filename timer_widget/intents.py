"""What a person asked for: written down before Harvest is asked, settled after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from harvest_bridge.errors import BridgeError

from .errors import ClickRepeated
from .models import Intent, IntentKind, IntentStatus, Person


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
    """Commit a click, or find the same click again if it has been done.

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
    if earlier.status == IntentStatus.DONE and earlier.kind == kind:
        return earlier
    raise ClickRepeated(f"This click was sent before and is {earlier.get_status_display().lower()}; look at the state.")


def settle(intent: Intent, *, entry_id: int | None) -> None:
    """It is done."""
    _settle(intent, status=IntentStatus.DONE, harvest_entry_id=entry_id)


def settle_failure(intent: Intent, error: BridgeError) -> None:
    """It was not done, and Harvest holds nothing of it."""
    _settle(intent, status=IntentStatus.FAILED, outcome={"code": error.code, "message": error.message})


def leave_pending(intent: Intent, error: BridgeError) -> None:
    """Nobody knows yet whether it was done: the answer was lost, and looking failed too."""
    _settle(intent, status=IntentStatus.PENDING, outcome={"code": error.code, "message": error.message})


def last_choice(person: Person, *, item_id: str, group_id: str) -> dict[str, int] | None:
    """Project and task that this person last started this item with, or else anything of its group."""
    started = Intent.objects.filter(person=person, kind=IntentKind.START, status=IntentStatus.DONE)
    for scope in ({"item_id": item_id, "group_id": group_id}, {"group_id": group_id} if group_id else None):
        last = started.filter(**scope).first() if scope else None
        if last is not None:
            return {"project_id": last.asked["project_id"], "task_id": last.asked["task_id"]}
    return None


def _settle(intent: Intent, **fields: Any) -> None:
    settled_at = None if fields["status"] == IntentStatus.PENDING else timezone.now()
    Intent.objects.filter(pk=intent.pk).update(settled_at=settled_at, **fields)
