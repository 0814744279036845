"""Asks whether the sessions of open streams may go on: many in one query."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

import structlog
from django.db import close_old_connections

from harvest_bridge.api.outages import best_effort
from timer_widget.sessions import exchange

from .open_stream import OpenStream

log = structlog.get_logger(__name__)


async def alive_among(streams: Iterable[OpenStream]) -> set[str] | None:
    """The token hashes of those that may; None while it cannot be told."""
    hashes = {stream.token_hash for stream in streams}
    return await asyncio.to_thread(_alive, hashes) if hashes else set()


def _alive(hashes: set[str]) -> set[str] | None:
    """Whatever is in the way, the next look may find it gone."""
    try:
        return best_effort(partial(exchange.alive_among, hashes))
    except Exception:
        log.exception("sessions of open streams were not looked at")
        return None
    finally:
        close_old_connections()
