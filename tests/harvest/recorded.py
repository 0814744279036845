"""Answers of the real Harvest, recorded by others (see tests/harvest_api/recordings/README.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import yaml

from harvest_bridge.harvest.transport import Answer

FOLDER = Path(__file__).parent.parent / "harvest_api" / "recordings"


def recorded(name_start: str, number: int = 0) -> Answer:
    """The answer number `number` of the recording whose file name begins so."""
    (path,) = FOLDER.glob(f"{name_start}*.yml")
    response: dict[str, Any] = yaml.safe_load(path.read_text())["http_interactions"][number]["response"]
    headers = [(name, value) for name, values in response["headers"].items() for value in values]
    return Answer(response["status"]["code"], httpx.Headers(headers), response["body"]["string"].encode())
