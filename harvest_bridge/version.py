"""Which version runs. Imports nothing of ours: /health/live answers with it whatever becomes of the rest."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


@cache
def version() -> str:
    """As pyproject.toml has it: we run from our folder, and are no installed package."""
    return str(tomllib.loads(_PROJECT.read_text())["project"]["version"])
