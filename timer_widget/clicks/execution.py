"""Carries out a click, given its row alone: what a view does within a request, and the replayer whenever it takes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.utils import timezone

from harvest_bridge.api.outages import best_effort, outage_of, outages
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestOutcomeUnknown
from timer_widget import events, state
from timer_widget.access import Access, access_of
from timer_widget.errors import (
    ChangeNotKept,
    ClaimLost,
    ClickExpired,
    MustLinkAgain,
    NotLinked,
    StartOutOfReach,
    passes_with_time,
)
from timer_widget.models import CarriedOutBy, Intent, IntentKind
from timer_widget.project_names import note_names

from . import additions, deletions, edits, forgotten_answers, intents, starts, stops, undo
from .attempt import Attempt, Done
from .rejections import in_our_words
from .snapshots import snapshot

log = structlog.get_logger(__name__)

Handler = Callable[[Attempt], Done]
_HANDLERS: dict[str, Handler] = {
    IntentKind.START: starts.start,
    IntentKind.STOP: stops.stop,
    IntentKind.ADD: additions.add,
    IntentKind.EDIT: edits.edit,
    IntentKind.MOVE: edits.move,
    IntentKind.DELETE: deletions.delete,
    IntentKind.UNDO: undo.undo,
    IntentKind.ANSWER: forgotten_answers.answer,
}
_LONGEST_BACKOFF_SECONDS = 15.0
_LONGEST_ASKED_SECONDS = 60.0
# A bug of ours does not mend itself.
_MOST_ATTEMPTS_AT_A_BUG = 5
# Some minutes: Harvest may show a change late.
_MOST_CONTRADICTIONS = 20


@dataclass
class Executed:
    """What became of one attempt: `done`, or `error` for good; neither means that the click is still pending."""

    done: Done | None = None
    error: BridgeError | None = None


def execute(
    intent: Intent, *, timeout: float | None = None, is_told: bool = False, access: Access | None = None
) -> Executed:
    """Do what the click asks for and write down what came of it. The caller holds its claim.

    `is_told` says that whoever clicked waits for the answer, and is told at once of what cannot be done.
    """
    connection: Connection | None = None
    try:
        _check_age(intent)
        access = access or access_of(intent.person)
        connection = access.connection
        attempt = Attempt(intent, access.harvest(), timeout=timeout)
        done = _tried(attempt, _HANDLERS[intent.kind])
    except ClaimLost:
        return Executed()
    except outages(BridgeError) as error:
        known = error if isinstance(error, BridgeError) else outage_of(error)
        if known is None:
            raise
        return _not_done(intent, connection, known, is_told=is_told)
    is_resumed = "hours_before" in done.outcome
    done.harvest = access.harvest()
    done.moved = attempt.changes.seconds_moved(done.stopped)
    result = events.ClickResult(
        access.connection, done.entry, lambda: done.stopped, is_resumed=is_resumed, added=done.added
    )
    intents.settle(
        intent,
        entry_id=done.entry.id if done.entry else intent.progress.get("entry_id"),
        outcome=done.outcome | _left_at(done),
        progress=intent.progress,
        tell=lambda: _follow(intent, done, result),
        **_history(intent, access, done, timeout),
    )
    return Executed(done)


def _follow(intent: Intent, done: Done, result: events.ClickResult) -> None:
    """Within the transaction that settles it."""
    for start_id in done.cut_off:
        intents.begin_again(start_id)
    events.publish_result(intent, result)


def _left_at(done: Done) -> dict[str, Any]:
    """By Harvest's clock: what it shows of earlier is not as the click left it."""
    updated_at = done.entry.updated_at if done.entry else None
    return {"updated_at": state.iso(updated_at)} if updated_at else {}


def _history(intent: Intent, access: Access, done: Done, timeout: float | None) -> dict[str, Any]:
    """What the history of the click tells besides: by whom it was done, in which account, and what it changed."""
    is_gone = intent.kind == IntentKind.DELETE and "hours_before" not in done.outcome
    return {
        "carried_out_by": CarriedOutBy.WORKER if timeout is None else CarriedOutBy.REQUEST,
        "harvest_account_id": access.connection.harvest_account_id if access.connection else None,
        "entry_before": intent.progress.get("was"),
        "entry_after": None if is_gone else snapshot(done.entry),
    }


def met_a_bug(intent: Intent) -> None:
    """After an error that is none of the known ones: again a few times, then its person and the operator are asked."""
    error = BridgeError("The bridge met an error of its own with this click; its operator finds it in the log.")
    if intent.attempts + 1 < _MOST_ATTEMPTS_AT_A_BUG:
        intents.leave_pending(intent, error, after=backoff(intent.attempts))
    else:
        intents.settle_failure(intent, error, needs_decision=True)


def backoff(attempts: int, *, asked: float | None = None) -> float:
    """Seconds until the next attempt: from 1 on, doubled each time, and no sooner than Harvest asked for."""
    own = min(_LONGEST_BACKOFF_SECONDS, 2.0 ** min(attempts, 10)) * random.uniform(0.7, 1)  # noqa: S311
    return max(own, min(asked or 0.0, _LONGEST_ASKED_SECONDS))


def _check_age(intent: Intent) -> None:
    """Errors: ClickExpired."""
    if timezone.now() > intent.expires_at:
        raise ClickExpired("This click is more than 72 hours old; say whether it is still to be done.")


def _tried(attempt: Attempt, handler: Handler) -> Done:
    """A write whose answer was lost is looked for at once; whoever looks and finds nothing waits before repeating."""
    try:
        return handler(attempt)
    except HarvestOutcomeUnknown as lost:
        try:
            return handler(attempt)
        except BridgeError as error:
            raise (lost if passes_with_time(error) else error) from error


def _may_be_kept_later(intent: Intent, error: BridgeError) -> bool:
    if not isinstance(error, ChangeNotKept):
        return False
    contradictions: int = intent.progress.get("contradictions", 0) + 1
    intent.progress = {**intent.progress, "contradictions": contradictions}
    return contradictions < _MOST_CONTRADICTIONS


def _not_done(intent: Intent, connection: Connection | None, error: BridgeError, *, is_told: bool) -> Executed:
    best_effort(lambda: note_names(intent))
    error = in_our_words(error)
    if passes_with_time(error) or _may_be_kept_later(intent, error):
        log.info("a click waits", click=str(intent.pk), code=error.code)
        intents.leave_pending(intent, error, after=backoff(intent.attempts, asked=error.retry_after))
        return Executed()
    # What a person's stop or change waits for is a link that is mended: it is kept, and shown, until then.
    is_kept = isinstance(error, MustLinkAgain | NotLinked) and intent.kind != IntentKind.START
    is_asked = isinstance(error, ClickExpired) or (
        intent.kind == IntentKind.START and isinstance(error, StartOutOfReach)
    )
    needs_decision = is_kept or not is_told or is_asked
    intents.settle_failure(
        intent, error, needs_decision=needs_decision, tell=lambda: events.publish_failure(intent, connection, error)
    )
    return Executed(error=error)
