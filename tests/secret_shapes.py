"""How secrets look: ours, and Harvest's as the sandbox makes them."""

from __future__ import annotations

import re
from pathlib import Path

HARVESTS = re.compile(r"\b\d+\.(?:at|rt|pt)\.[\w-]{6,}")
OURS = re.compile(r"\bhb_(?:live|link|iat|ts|widget|si)_[\w-]{30,}")


def assert_clean_logs(folder: Path) -> None:
    """What the processes of a bridge wrote while a whole run used them."""
    for log in (folder / "bridge.log", folder / "worker.log"):
        found = secrets_in(log.read_text()) if log.exists() else []
        assert not found, f"{len(found)} secrets in {log.name}"


def secrets_in(text: str) -> list[str]:
    return HARVESTS.findall(text) + [match.group() for match in OURS.finditer(text)]
