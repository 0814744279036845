"""Harvest as a run asks it: raw records, each call counted and announced before it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.budgets import Lane
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.raw import delete_raw, get_raw, list_raw, write_raw
from harvest_bridge.harvest.pages import Position, walk_pages

Json = dict[str, Any]
Send = Callable[[Connection, Operation[Any]], Any]


def send_in_api_lane(connection: Connection, operation: Operation[Any]) -> Any:
    return calls.send(connection, operation, lane=Lane.API)


class HarvestCalls:
    """The calls of one run. `before` is told of each, and raises where the run is somebody else's by now."""

    def __init__(
        self, connection: Connection, *, send: Send = send_in_api_lane, before: Callable[[], None] = lambda: None
    ) -> None:
        self.connection = connection
        self._send = send
        self._before = before
        self.count = 0

    def list(self, path: str, key: str, **filters: Any) -> list[Json]:
        """Every record of the list, from all pages. Errors: those of `calls.send`; HarvestMalformed."""

        def at(position: Position | None) -> Operation[Any]:
            return list_raw(path, key, position, filters=filters)

        return [_decoded(raw) for page in walk_pages(self.send, at) for raw in page.items]

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Json:
        return _decoded(self.send(get_raw(path, query)))

    def write(self, verb: str, path: str, body: Json | None) -> Json:
        """The record as it is now; of a removed one nothing."""
        if verb == "DELETE":
            self.send(delete_raw(path))
            return {}
        return _decoded(self.send(write_raw(verb, path, body)))

    def send(self, operation: Operation[Any]) -> Any:
        self._before()
        self.count += 1
        return self._send(self.connection, operation)


def _decoded(raw: Any) -> Json:
    found = msgspec.json.decode(raw)
    if not isinstance(found, dict) or not isinstance(found.get("id", 0), int):
        raise HarvestMalformed("Harvest answered with something that is no record.")
    return found
