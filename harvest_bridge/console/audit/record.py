"""Adding audit rows: for operators and commands, and what `api.deeds` tells of callers and workers."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from allauth.core import context
from django.db.models import Model
from django.http import HttpRequest

from harvest_bridge.api.deeds import Deed
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


def record_deeds(deeds: Sequence[Deed]) -> None:
    """What callers of the API and workers do. Errors: DatabaseError."""
    AuditEntry.objects.add([_entry_of(deed) for deed in deeds])
    sealer.wake()


def _entry_of(deed: Deed) -> AuditEntry:
    return AuditEntry(
        at=deed.at,
        source=deed.source,
        actor=(deed.actor or _caller(deed))[:255],
        actor_id=deed.key_id,
        action=redact(deed.action)[:300],
        object_type=deed.object_type[:100],
        object_id=redact(deed.object_id)[:255],
        detail=redact(deed.detail)[:1000],
        address=deed.address[:64],
        request_id=redact(deed.request_id)[:128],
        host_app_id=deed.host_app_id,
        tenant_id=deed.tenant_id[:255],
        connection_id=deed.connection_id,
    )


def _caller(deed: Deed) -> str:
    """`API key hb_live_ab12cd…`, `account token of API key hb_live_ab12cd…`, `timer session of u-17`."""
    kind = {"api_key": "API key", "account_token": "account token"}.get(deed.caller, deed.caller.replace("_", " "))
    if deed.user_id:
        return f"{kind} of {deed.user_id}"
    key = _key_name(deed.key_id) if deed.key_id is not None else ""
    return f"{kind} {key}" if deed.caller == "api_key" else f"{kind} of API key {key}" if key else kind


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
