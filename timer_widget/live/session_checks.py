"""Asks whether the sessions of open streams may go on: many in one query."""

from __future__ import annotations

import asyncio

from django.db import close_old_connections

from timer_widget.sessions.exchange import alive_among

TOGETHER_SECONDS = 0.25


class SessionChecks:
    """Collects for a moment who asks."""

    def __init__(self) -> None:
        self._hashes: set[str] = set()
        self._asking: asyncio.Task[set[str]] | None = None

    async def is_alive(self, token_hash: str) -> bool:
        """Errors: those of the database."""
        if self._asking is None or self._asking.get_loop() is not asyncio.get_running_loop():
            self._hashes = set()
            self._asking = asyncio.create_task(self._ask(self._hashes))
        self._hashes.add(token_hash)
        return token_hash in await asyncio.shield(self._asking)

    async def _ask(self, hashes: set[str]) -> set[str]:
        await asyncio.sleep(TOGETHER_SECONDS)
        self._asking = None
        return await asyncio.to_thread(_alive, hashes)


def _alive(hashes: set[str]) -> set[str]:
    try:
        return alive_among(hashes)
    finally:
        close_old_connections()


session_checks = SessionChecks()
