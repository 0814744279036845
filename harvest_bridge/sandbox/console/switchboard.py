"""The switches as forms: how each stands, what else it could be, and whether that is the default."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.inspect import Field, FloatType, IntType, StructType, type_info

from harvest_bridge.sandbox.console.switch_words import GROUPS, Words
from harvest_bridge.sandbox.switches import Switches


def switch_groups(switches: Switches, sent: dict[str, str]) -> dict[str, Any]:
    """`sent` are positions that were just refused: shown once more, so that they can be corrected."""
    fields = _fields()
    values = {**msgspec.structs.asdict(switches), **sent}
    groups = [
        (group, [_row(fields[name], words, values[name]) for name, words in group.switches.items()]) for group in GROUPS
    ]
    return {
        "switch_groups": [{"key": group.key, "title": group.title, "switches": rows} for group, rows in groups],
        "switches_changed": sum(row["is_changed"] for _, rows in groups for row in rows),
    }


def title_of(name: str) -> str | None:
    return next((group.switches[name].title for group in GROUPS if name in group.switches), None)


def _row(field: Field, words: Words, value: object) -> dict[str, Any]:
    kind = field.type
    return {
        "name": field.name,
        "title": words.title,
        "help": words.help,
        "unit": words.unit,
        "value": _written(value),
        "options": [
            {"value": one, "text": text, "is_chosen": one == str(value)} for one, text in words.positions.items()
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
