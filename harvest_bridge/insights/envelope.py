"""The frame around every answer: the moment it is true for, by which definition, what it stands on, what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .coverage import Coverage
from .definitions import Definition


def answer(
    coverage: Coverage, definition: Definition, body: Mapping[str, Any], *, missing: Mapping[str, int]
) -> dict[str, Any]:
    """`missing` counts what could not be counted, by name: `{"entries_without_cost_rate": 12}`; zeros are left out."""
    return {
        "as_of": coverage.as_of,
        "definition": definition.serialize(),
        "coverage": coverage.serialize(),
        "missing": {name: count for name, count in missing.items() if count},
        **body,
    }
