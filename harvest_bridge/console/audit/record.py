"""Adding an audit row."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Any

from allauth.core import context
from django.db.models import Model
from django.http import HttpRequest

from harvest_bridge.crypto.redaction import redact

from .models import AuditEntry


def record(
    action: str, *, request: HttpRequest | None = None, user: Any = None, about: Model | None = None, detail: str = ""
) -> AuditEntry:
    """Who: `user`, else the request's, else the command that runs and whose shell it runs in."""
    request = request or context.request
    who: Any = user or getattr(request, "user", None)
    is_known = who is not None and who.is_authenticated
    return AuditEntry.objects.create(
        actor=(who.get_username() if is_known else _command() if request is None else "nobody signed in")[:255],
        actor_id=who.pk if is_known else None,
        action=action[:100],
        object_type=about._meta.label if about is not None else "",
        object_id=str(about.pk)[:255] if about is not None else "",
        detail=redact(detail)[:1000],
        address=(request.META.get("REMOTE_ADDR") or "")[:64] if request is not None else "",
    )


def _command() -> str:
    """`manage.py createhost, run by deploy`."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:2]]
    try:
        return f"{' '.join(words)}, run by {getpass.getuser()}"
    except (KeyError, OSError):  # a container's user need have no name
        return " ".join(words)
