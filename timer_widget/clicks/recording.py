"""Takes a click: commits it, and carries it out while its request waits.

A `click` is what the serializers validated: `idempotency_key`, `clicked_at` and what was asked for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.models import Status
from timer_widget.access import Access, access_of
from timer_widget.errors import ClickFailed, ItemNotAllowed, MustLinkAgain, NotLinked
from timer_widget.models import Intent, IntentKind, IntentStatus, TimerSession
from timer_widget.project_names import note_names

from . import claims, intents, traces
from .attempt import Done
from .execution import execute
from .expected_timers import expected_timer
from .external_references import NO_ITEM

Click = dict[str, Any]
# How long a click waits for Harvest; then it is told as pending, and carried out behind it.
_TIMEOUT_SECONDS = 8.0
_ABOUT_THE_CLICK = ("idempotency_key", "clicked_at", "clock_offset_seconds", "device")
_MENDED_BY_LINKING = {MustLinkAgain.code, NotLinked.code}


@dataclass(frozen=True)
class Taken:
    """A click that was taken. Shape: `done` is what came of it just now, if it was this request that did it."""

    intent: Intent
    done: Done | None = None

    @property
    def is_pending(self) -> bool:
        return self.intent.status != IntentStatus.DONE


def timeout() -> float:
    """Seconds."""
    return float(min(_TIMEOUT_SECONDS, settings.HARVEST_TIMEOUT_SECONDS))


def take(session: TimerSession, kind: IntentKind, click: Click) -> Taken:
    """Commit a click, or find it again, and carry it out if it is the first in its person's queue.

    Errors: NotLinked, MustLinkAgain, ItemNotAllowed, ClickRepeated; ClickFailed for one that failed before; what
    Harvest refuses for good. Trouble that passes is none: then it is pending.
    """
    item = click.get("item") or NO_ITEM
    if "item" in click and kind != IntentKind.STOP:
        check_item(session, item["id"])
    access = _checked_access(session, kind)
    intent, is_new = intents.record(session.person, new_click(session, kind, click, item), seconds=timeout())
    if intent.status == IntentStatus.DONE:
        return Taken(intent)
    if intent.status == IntentStatus.FAILED and (intent.outcome or {}).get("code") in _MENDED_BY_LINKING:
        intents.try_again(intent, now=timezone.now())
    if intent.status != IntentStatus.PENDING:
        raise ClickFailed(intent.outcome or {})
    return carried_out(intent, is_ours=is_new and intent.claimed_until is not None, access=access)


def carried_out(intent: Intent, *, is_ours: bool = False, is_told: bool = True, access: Access | None = None) -> Taken:
    """Within a request's time-out, if nobody else is at it and no earlier click waits.

    `access` is known from a moment ago. `is_told` says that a failure is told to whoever clicked, and to nobody later.
    Errors: what cannot be done.
    """
    if not is_ours and not claims.claim(intent, seconds=timeout()):
        best_effort(lambda: note_names(intent))
        return Taken(intent)
    with traces.execution_span(intent, is_replay=False):
        outcome = execute(intent, timeout=timeout(), is_told=is_told, access=access)
    if outcome.error is not None:
        raise outcome.error
    return Taken(intent, outcome.done)


def check_item(session: TimerSession, item_id: str) -> None:
    """Errors: ItemNotAllowed."""
    if not session.may_time(item_id):
        raise ItemNotAllowed("item: the host's token does not cover this item.")


def _checked_access(session: TimerSession, kind: IntentKind) -> Access:
    """Whoever has no connection is asked for one, and nothing is kept. A stop waits until a link is mended.

    Errors: NotLinked, MustLinkAgain.
    """
    access = access_of(session.person)
    if access.status != Status.NEEDS_REAUTH or kind == IntentKind.START:
        access.harvest()
    return access


def new_click(session: TimerSession, kind: IntentKind, click: Click, item: dict[str, Any]) -> intents.NewClick:
    given = {name: value for name, value in click.items() if name not in _ABOUT_THE_CLICK}
    asked = json.loads(json.dumps(given, cls=DjangoJSONEncoder))
    return intents.NewClick(
        kind=kind,
        idempotency_key=click["idempotency_key"],
        clicked_at=click["clicked_at"],
        asked=asked,
        item_id=item["id"],
        group_id=item["group_id"],
        item_ids=session.item_ids,
        clock_offset_seconds=click.get("clock_offset_seconds"),
        origin=session.origin,
        device=click.get("device", ""),
        shows=expected_timer(session.person, kind, asked, click["clicked_at"]),
    )
