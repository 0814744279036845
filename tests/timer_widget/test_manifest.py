"""The custom-elements manifest, the shipped types and docs/widget.md tell the same of `<harvest-timer>`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import pytest

from harvest_bridge.env import ROOT

from .node import FRONTEND

MODULES = json.loads((ROOT / "static/timer_widget/custom-elements.json").read_text())["modules"]
ELEMENT: dict[str, list[dict[str, Any]]] = MODULES[0]["declarations"][0]
TYPES = (FRONTEND / "src" / "harvest-bridge.d.ts").read_text()
PAGE = (ROOT / "docs" / "widget.md").read_text()


def names(part: str) -> set[str]:
    return {each["name"] for each in ELEMENT[part]}


def typed(interface: str) -> set[str]:
    """The properties of an interface of harvest-bridge.d.ts."""
    body = TYPES.partition(f"interface {interface} {{")[2].partition("\n}")[0]
    return set(re.findall(r'^  "?([a-z][\w:-]*)"?\??:', body, re.M))


def styles() -> str:
    return "\n".join(path.read_text() for path in (FRONTEND / "src" / "loader").glob("*.css"))


def test_the_manifest_and_the_types_name_the_same_attributes() -> None:
    assert {name for name in names("attributes") if not name.startswith("data-")} == typed("HarvestTimerAttributes")


def test_the_manifest_and_the_types_name_the_same_events() -> None:
    assert names("events") == typed("HarvestTimerEvents")


def test_the_manifest_names_every_property_that_the_styles_read() -> None:
    assert names("cssProperties") == set(re.findall(r"--harvest-timer-[a-z-]+", styles()))


@pytest.mark.parametrize("part", ["attributes", "events", "cssParts", "cssProperties"])
def test_all_that_the_manifest_names_is_explained_to_people(part: str) -> None:
    unexplained = [name for name in names(part) if not any(word in PAGE for word in spellings(name))]
    assert unexplained == []
    assert all(each.get("description") for each in ELEMENT[part])


def spellings(name: str) -> Iterable[str]:
    return f"`{name}`", f"::part({name})", f"[{name}="
