"""Harvest as a comparison asks it: in the `sync` lane, and waiting for budget as long as that takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from msgspec import Raw

from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, walk_pages
from harvest_bridge.mirror.harvest_calls import Send, send_in_sync_lane

T = TypeVar("T")
_TRIES = 8
_PASSING = (429, 502, 503, 504)
_MOST_PAGES = 20_000


@dataclass(frozen=True)
class PatientCalls:
    connection: Connection
    call: Send = send_in_sync_lane
    sleep: Callable[[float], None] = time.sleep

    def send(self, operation: Operation[T]) -> T:
        """Errors: what does not pass with time, or did not after eight tries."""
        for tries in range(1, _TRIES + 1):
            try:
                found: T = self.call(self.connection, operation)
                return found
            except BridgeError as error:
                if error.status not in _PASSING or tries == _TRIES:
                    raise
                self.sleep(max(error.retry_after or 0, 2.0 ** (tries - 1)))
        raise AssertionError

    def pages(self, page_at: Callable[[Any], Operation[Page[Raw]]]) -> Iterator[Page[Raw]]:
        """Errors: as `send`; HarvestMalformed for pages that lead in a circle."""
        return walk_pages(self.send, page_at, max_pages=_MOST_PAGES)
