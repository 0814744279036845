"""Authenticates the caller before a request body is read."""

from __future__ import annotations

import asyncio

from django.db import close_old_connections
from starlette.types import Scope

from harvest_bridge.api.authentication import bearer_token, caller_for

from .bodies import first_part

_BY_TOKEN = frozenset(
    {
        *("link-token", "integrated-account", "unified", "webhook", "mirror", "proxy", "custom", "timer"),
        *("insights", "provisioning", "invoices", "portal"),
    }
)
# The token is in the body; CRMs and payment providers sign.
_WITHOUT = ("/timer/session", "/portal/session", "/provisioning/inbox/", "/invoices/inbox/")


async def require_known(scope: Scope) -> None:
    """Errors: those of `caller_for`, where a bearer token is needed; pages for browsers take short forms from all."""
    if first_part(scope["path"]) in _BY_TOKEN and not scope["path"].startswith(_WITHOUT):
        header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        await asyncio.to_thread(_require_known, header.decode("latin-1"))


def _require_known(header: str) -> None:
    try:
        caller_for(bearer_token(header))
    finally:
        close_old_connections()
