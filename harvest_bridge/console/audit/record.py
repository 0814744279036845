"""Adding audit rows: for operators and commands, and what `api.events` tells of callers and workers."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from allauth.core import context
from django.db.models import Model
from django.http import HttpRequest

from harvest_bridge.api.audit_events import AuditEvent
from harvest_bridge.crypto.redaction import redact
from harvest_bridge.hosts.models import ApiKey

from .models import AuditEntry, Source
from .sealer import sealer


def record(
    action: str, *, request: HttpRequest | None = None, user: Any = None, about: Model | None = None, detail: str = ""
) -> AuditEntry:
    """Who: `user`, else the request's, else the command that runs and whose shell it runs in."""
    request = request or context.request
    who: Any = user or getattr(request, "user", None)
    is_known = who is not None and who.is_authenticated
    entry = AuditEntry.objects.create(
        source=Source.COMMAND if request is None else Source.ADMIN,
        actor=(who.get_username() if is_known else _command() if request is None else "nobody signed in")[:255],
        actor_id=who.pk if is_known else None,
        action=action[:300],
        object_type=about._meta.label if about is not None else "",
        object_id=str(about.pk)[:255] if about is not None else "",
        detail=redact(detail)[:1000],
        address=(request.META.get("REMOTE_ADDR") or "")[:64] if request is not None else "",
    )
    sealer.wake()
    return entry


def record_events(events: Sequence[AuditEvent]) -> None:
    """What callers of the API and workers do. Errors: DatabaseError."""
    AuditEntry.objects.add([_entry_of(event) for event in events])
    sealer.wake()


def _entry_of(event: AuditEvent) -> AuditEntry:
    return AuditEntry(
        at=event.at,
        source=event.source,
        actor=(event.actor or _caller(event))[:255],
        actor_id=event.key_id,
        action=redact(event.action)[:300],
        object_type=event.object_type[:100],
        object_id=redact(event.object_id)[:255],
        detail=redact(event.detail)[:1000],
        address=event.address[:64],
        request_id=redact(event.request_id)[:128],
        host_app_id=event.host_app_id,
        tenant_id=event.tenant_id[:255],
        connection_id=event.connection_id,
    )


def _caller(event: AuditEvent) -> str:
    """`API key hb_live_ab12cd…`, `account token of API key hb_live_ab12cd…`, `timer session of u-17`."""
    kind = {"api_key": "API key", "account_token": "account token"}.get(event.caller, event.caller.replace("_", " "))
    if event.user_id:
        return f"{kind} of {event.user_id}"
    key = _key_name(event.key_id) if event.key_id is not None else ""
    return f"{kind} {key}" if event.caller == "api_key" else f"{kind} of API key {key}" if key else kind


def _key_name(key_id: int) -> str:
    """What can be seen of it, which never changes."""
    prefix = ApiKey.objects.filter(pk=key_id).values_list("prefix", flat=True).first()
    return f"{prefix}…" if prefix else str(key_id)


def _command() -> str:
    """`manage.py createhost, run by deploy`."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:2]]
    try:
        return f"{' '.join(words)}, run by {getpass.getuser()}"
    except (KeyError, OSError):  # a container's user need have no name
        return " ".join(words)
