"""Tells the audit, which stands to the right, what callers of the API ask for and what workers do for nobody.

A register, filled at start-up, since imports point left.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from django.db import connection as database
from django.utils import timezone

from harvest_bridge.request_context import RequestContext

from .database_connections import lock_timeout
from .outages import best_effort
from .request_log.path_templates import template_of

READING = ("GET", "HEAD", "OPTIONS", "TRACE")
_LONGEST_WAIT_MILLISECONDS = 1_000
_TRY_EVERY_SECONDS = 1.0
_TRIES = 600


@dataclass(frozen=True)
class Deed:
    """What was done, by whom, to which object, from where. Ids and names of ours; no secret and no person's name.

    `source` is `api` or `worker`; `caller` the kind of token, `key_id` the API key behind it, `user_id` the host's own
    id of a person. `actor` names whoever is none of these, such as a job.
    """

    action: str
    source: str
    actor: str = ""
    caller: str = ""
    key_id: int | None = None
    user_id: str = ""
    object_type: str = ""
    object_id: str = ""
    detail: str = ""
    address: str = ""
    request_id: str = ""
    host_app_id: UUID | None = None
    tenant_id: str = ""
    connection_id: UUID | None = None
    at: datetime = field(default_factory=timezone.now)


Listener = Callable[[Sequence[Deed]], None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """It writes rows. Errors: DatabaseError."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(action: str, **facts: object) -> None:
    """What a worker did for nobody, in the transaction of the deed if there is one: `tell("erased a mirror", …)`.

    `facts` are fields of `Deed`; `actor` is the job. Errors: DatabaseError.
    """
    tell_all([Deed(action=action, source="worker", **facts)])  # type: ignore[arg-type]


def tell_all(deeds: Sequence[Deed]) -> None:
    """Errors: DatabaseError."""
    for listener in _listeners:
        listener(deeds)


def note_request(context: RequestContext, *, object_id: str = "", detail: str = "") -> None:
    """Before what a caller asks for is carried out. While the database is away or busy, the row is written later.

    What came of it follows from the request log's thread (`answer_of`).
    """
    if not _listeners:
        return
    context.is_audited = True
    deed = _deed_of(context, f"asked: {_named(context)}", object_id=object_id, detail=detail)
    work = partial(tell_all, [deed])
    if not _is_done(work):
        threading.Thread(target=_try_again, args=(work,), name="audit", daemon=True).start()


def answer_of(context: RequestContext, status: int, code: str) -> Deed:
    """What a caller was answered, once the request is over."""
    at = datetime.fromtimestamp(context.started_at + context.ended - context.started, UTC)
    return _deed_of(context, f"answered {status}: {_named(context)}", detail=code, at=at)


def _named(context: RequestContext) -> str:
    """`POST /unified/user-directory/users`."""
    return f"{context.method} {template_of(context.raw_path, context.route)}"


def _deed_of(context: RequestContext, action: str, **facts: object) -> Deed:
    who = context.who
    return Deed(
        action=action,
        source="api",
        caller=who.caller,
        key_id=who.api_key_id,
        user_id=who.user_id,
        address=context.address,
        request_id=context.request_id,
        host_app_id=who.host_app_id,
        tenant_id=who.tenant_id,
        connection_id=who.connection_id,
        **facts,  # type: ignore[arg-type]
    )


def _is_done(work: Callable[[], None]) -> bool:
    def soon() -> bool:
        with lock_timeout(milliseconds=_LONGEST_WAIT_MILLISECONDS):
            work()
        return True

    return best_effort(soon) is not None


def _try_again(work: Callable[[], None]) -> None:
    for _ in range(_TRIES):
        time.sleep(_TRY_EVERY_SECONDS)
        try:
            if _is_done(work):
                return
        finally:
            database.close()
