"""The switches as forms: how each stands, what else it could be, and whether that is the default."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.inspect import Field, FloatType, IntType, LiteralType, StructType, type_info

from harvest_bridge.sandbox.console.switch_words import GROUPS, Words
from harvest_bridge.sandbox.switches import Switches


def switch_groups(switches: Switches, sent: dict[str, str]) -> dict[str, Any]:
    """`sent` are positions that were just refused: shown once more, so that they can be corrected."""
    fields = _fields()
    values = {**msgspec.structs.asdict(switches), **sent}
    groups = [
        {
            "key": group.key,
            "title": group.title,
            "switches": [_row(fields[name], words, values[name]) for name, words in group.switches.items()],
        }
        for group in GROUPS
    ]
    changed = sum(row["is_changed"] for group in groups for row in group["switches"])
    return {"switch_groups": groups, "switches_changed": changed}


def title_of(name: str) -> str | None:
    return next((group.switches[name].title for group in GROUPS if name in group.switches), None)


def _row(field: Field, words: Words, value: object) -> dict[str, Any]:
    kind = field.type
    positions = kind.values if isinstance(kind, LiteralType) else ()
    return {
        "name": field.name,
        "title": words.title,
        "help": words.help,
        "unit": words.unit,
        "value": _written(value),
        "options": [
            {"value": one, "text": words.positions[str(one)], "is_chosen": str(one) == str(value)} for one in positions
        ],
        "is_changed": _written(value) != _written(field.default),
        "default": words.positions.get(str(field.default), _written(field.default)),
        **(_bounds(kind) if isinstance(kind, IntType | FloatType) else {}),
    }


def _bounds(kind: IntType | FloatType) -> dict[str, str]:
    least = kind.ge if kind.ge is not None else 0
    return {"least": _written(least), "most": _written(kind.le), "step": "1" if isinstance(kind, IntType) else "any"}


def _written(value: object) -> str:
    """`15` for 15.0, so that a number field shows what a person would write."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _fields() -> dict[str, Field]:
    info = type_info(Switches)
    assert isinstance(info, StructType)  # noqa: S101
    return {field.name: field for field in info.fields}
