"""Records in the audit log what callers of the API ask for, and what workers do on their own.

`console.audit` registers the listener that writes the rows, since imports point left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from django.utils import timezone

from harvest_bridge.request_context import RequestContext

from .eventual_writes import write_eventually
from .request_log.path_templates import template_of

READING = ("GET", "HEAD", "OPTIONS", "TRACE")
_TRIES = 600


@dataclass(frozen=True)
class AuditEvent:
    """What was done, by whom, to which object, from where. Our own ids and names; no secret, no person's name.

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


Listener = Callable[[Sequence[AuditEvent]], None]
_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """It writes rows. Errors: DatabaseError."""
    if listener not in _listeners:
        _listeners.append(listener)


def record(action: str, **facts: object) -> None:
    """What a worker did on its own, in the same transaction as the change: `record("erased a mirror", …)`.

    `facts` are fields of `AuditEvent`; `actor` is the job. Errors: DatabaseError.
    """
    record_all([AuditEvent(action=action, source="worker", **facts)])  # type: ignore[arg-type]


def record_all(events: Sequence[AuditEvent]) -> None:
    """Errors: DatabaseError."""
    for listener in _listeners:
        listener(events)


def record_request(context: RequestContext, *, object_id: str = "", detail: str = "") -> None:
    """Called before a request is carried out. While the database is down or busy, the row is written later.

    The response is recorded by the request log's thread (`response_event`).
    """
    if not _listeners:
        return
    context.is_audited = True
    event = _event_of(context, f"asked: {_named(context)}", object_id=object_id, detail=detail)
    work = partial(record_all, [event])
    write_eventually(work, tries=_TRIES, thread_name="audit")


def response_event(context: RequestContext, status: int, code: str) -> AuditEvent:
    """The response of a request that is over."""
    at = datetime.fromtimestamp(context.started_at + context.ended - context.started, UTC)
    return _event_of(context, f"answered {status}: {_named(context)}", detail=code, at=at)


def _named(context: RequestContext) -> str:
    """`POST /unified/user-directory/users`."""
    return f"{context.method} {template_of(context.raw_path, context.route)}"


def _event_of(context: RequestContext, action: str, **facts: object) -> AuditEvent:
    who = context.who
    return AuditEvent(
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
