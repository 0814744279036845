"""What was asked of the sandbox, latest last, so that a test can say what its subject really sent."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

import msgspec


@dataclass(slots=True, kw_only=True)
class Received:
    """One request, as it came.

    Shape: `number` counts from 1, also across resets; header names in lower case;
    `status` None while unanswered, 0 if the connection was closed instead; `outcome` is the status of what was carried
    out, whether its answer arrived or not, and None of what never was.
    """

    at: datetime
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    status: int | None = None
    outcome: int | None = None
    fault: str | None = None
    seconds: float = 0.0
    number: int = 0

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def target(self) -> str:
        return f"{self.method} {self.path}" + (f"?{self.query}" if self.query else "")


class Journal:
    """Keeps the latest `size` requests of the API and the identity host; pages of the sandbox itself are left out."""

    def __init__(self, size: int = 20_000) -> None:
        self._requests: deque[Received] = deque(maxlen=size)
        self._numbers = count(1)

    def record(self, received: Received) -> Received:
        received.number = next(self._numbers)
        self._requests.append(received)
        return received

    def requests(self, method: str | None = None, path: str | None = None) -> list[Received]:
        """Those of one method and one exact path, or all; a path that ends in `*` matches by its beginning."""
        return [one for one in list(self._requests) if _matches(one, method, path)]

    def clear(self) -> None:
        self._requests.clear()


def _matches(one: Received, method: str | None, path: str | None) -> bool:
    if method is not None and one.method != method.upper():
        return False
    if path is None:
        return True
    return one.path.startswith(path[:-1]) if path.endswith("*") else one.path == path
