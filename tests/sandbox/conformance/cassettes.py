"""Exchanges with the real Harvest, recorded from 2019 to 2024 (tests/harvest_api/recordings)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import yaml

from tests.sandbox.conformance.openapi import FILE, LOADER

FOLDER = FILE.parent / "recordings"
HOST = "https://api.harvestapp.com"


@dataclass(frozen=True, slots=True)
class Exchange:
    """Shape: `url` has no host; header names are in lower case; `answer` is decoded, None if it is no JSON."""

    method: str
    url: str
    sent_headers: dict[str, str]
    sent: str
    status: int
    headers: dict[str, str]
    text: str
    at: datetime

    @property
    def answer(self) -> Any:
        return json.loads(self.text) if "json" in self.headers["content-type"] else None

    @property
    def resource(self) -> str:
        """`clients` of `/v2/clients/7`, `user_assignments` of `/v2/projects/7/user_assignments`."""
        return [part for part in urlsplit(self.url).path.split("/") if part.isalpha() or "_" in part][-1]


@dataclass(frozen=True, slots=True)
class Cassette:
    """A recorded test: its exchanges follow one another in the same account."""

    name: str
    exchanges: tuple[Exchange, ...]

    def __str__(self) -> str:
        return self.name


@cache
def cassettes() -> tuple[Cassette, ...]:
    return tuple(_cassette(path.stem, path.read_text()) for path in sorted(FOLDER.glob("*.yml")))


def _cassette(name: str, text: str) -> Cassette:
    recorded = yaml.load(text, LOADER)["http_interactions"]
    return Cassette(name, tuple(_exchange(one) for one in recorded))


def _exchange(recorded: dict[str, Any]) -> Exchange:
    request, response = recorded["request"], recorded["response"]
    return Exchange(
        method=request["method"].upper(),
        url=request["uri"].removeprefix(HOST),
        sent_headers=_headers(request),
        sent=request["body"]["string"],
        status=response["status"]["code"],
        headers=_headers(response),
        text=response["body"]["string"],
        at=parsedate_to_datetime(recorded["recorded_at"]),
    )


def _headers(message: dict[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, (value,) in message["headers"].items()}
