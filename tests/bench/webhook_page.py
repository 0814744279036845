"""docs/benchmarks-webhooks.md: its two sections are written by two runs, which leave each other's alone."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime

from harvest_bridge.env import ROOT

PAGE = ROOT / "docs" / "benchmarks-webhooks.md"
TITLE = "# How fast webhooks are delivered, and what they survive"
SPEED, FAULTS = "## Speed", "## Faults"


def write_section(heading: str, text: str) -> None:
    found = _sections() | {heading: f"{heading}\n\n{text.strip()}"}
    PAGE.write_text("\n\n".join([TITLE, *(found[one] for one in (SPEED, FAULTS) if one in found)]) + "\n")
    print(f"docs/{PAGE.name} is written")


def run_on() -> str:
    """When, and on what."""
    when = datetime.now(UTC).strftime("%d %B %Y")
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return f"{when}: {machine}, load average {os.getloadavg()[0]:.1f}"


def _sections() -> dict[str, str]:
    text = PAGE.read_text() if PAGE.exists() else ""
    parts = [f"## {part.strip()}" for part in text.split("\n## ")[1:]]
    return {part.split("\n", 1)[0]: part for part in parts}
