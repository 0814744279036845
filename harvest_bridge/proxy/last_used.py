"""Records when keys and connections were last used, in one write a minute."""

from __future__ import annotations

import asyncio

from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.connections.services import note_uses_of_connections
from harvest_bridge.hosts.services import note_uses_of_keys

_RESOLUTION_SECONDS = 60.0


class LastUsedRecorder:
    """One per process, on its event loop. Nothing runs while nothing is used."""

    def __init__(self) -> None:
        self._keys: set[int] = set()
        self._connections: set[object] = set()
        self._writing: asyncio.Task[None] | None = None

    def note(self, *, api_key: int | None, connection: object) -> None:
        self._connections.add(connection)
        if api_key is not None:
            self._keys.add(api_key)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write_in_a_minute())

    async def aclose(self) -> None:
        """Write what is left."""
        if self._writing is not None:
            self._writing.cancel()
        if self._connections:
            await self._write()

    async def _write_in_a_minute(self) -> None:
        await asyncio.sleep(_RESOLUTION_SECONDS)
        await self._write()

    async def _write(self) -> None:
        keys, self._keys = self._keys, set()
        connections, self._connections = self._connections, set()
        await asyncio.to_thread(_note, keys, connections)


def _note(keys: set[int], connections: set[object]) -> None:
    now = timezone.now()
    try:
        note_uses_of_keys(keys, now=now)
        note_uses_of_connections(connections, now=now)
    finally:
        close_old_connections()
