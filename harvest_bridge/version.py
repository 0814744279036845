"""Which version runs."""

from __future__ import annotations

import tomllib
from functools import cache

from harvest_bridge.env import ROOT


@cache
def version() -> str:
    """As pyproject.toml has it: we run from our folder, and are no installed package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return str(project["version"])
