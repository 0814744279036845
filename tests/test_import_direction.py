"""Imports point left along one line (DESIGN §1)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from harvest_bridge.env import ROOT

# From left to right; those in one row do not know each other.
LINE: list[set[str]] = [
    {
        *{"file_descriptors", "errors", "env", "trace_context", "metrics", "var_folder", "mail", "addresses"},
        *{"postgresql", "job_queue", "lazy_modules", "process_memory"},
    },
    {"version"},
    {"tracing"},
    {"client_disconnect", "crypto", "request_context", "stored_json"},
    {"logs", "admin_theme", "admin_charts", "admin_panels"},
    {"settings"},
    {"harvest"},
    {"hosts"},
    {"api"},
    {"webhooks"},
    {"connections"},
    {"proxy", "unified", "mirror"},
    {"timer_widget", "insights", "provisioning", "invoices"},
    {"embed"},
    {"checks"},
    {"console"},
    {"urls", "asgi"},
]
PLACE = {name: place for place, names in enumerate(LINE) for name in names}
SOURCES = sorted(
    path
    for folder in ("harvest_bridge", "timer_widget")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts and "node_modules" not in path.parts
)


def part_of(module: str) -> str | None:
    """`harvest_bridge.hosts.models` -> `hosts`."""
    first, _, rest = module.partition(".")
    if first == "timer_widget":
        return "timer_widget"
    return rest.partition(".")[0] or None if first == "harvest_bridge" else None


def imported_by(path: Path) -> Iterator[str]:
    package = list(path.relative_to(ROOT).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: -node.level] if node.level else []
            module = ".".join([*base, node.module] if node.module else base)
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_imports_from_its_right(path: Path) -> None:
    mine = part_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for name in imported_by(path):
        theirs = part_of(name)
        if mine == "sandbox" or theirs == "sandbox":
            assert mine == theirs or theirs is None, f"{name}: the sandbox knows nothing of ours, nor we of it"
        elif mine and theirs and mine != theirs and "__init__" not in mine:
            assert PLACE[theirs] < PLACE[mine], f"{mine} imports {name}, which stands to its right"


def test_the_line_knows_every_part_of_the_house() -> None:
    parts = {part_of(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in SOURCES}
    assert parts - {None, "__init__", "sandbox"} <= set(PLACE)


ROOMS = ("frames", "sessions", "display", "clicks", "projects", "live", "operators")


def room_of(module: str) -> str | None:
    """`timer_widget.clicks.undo` -> `clicks`; a module on the ground floor is a room of its own."""
    first, _, rest = module.partition(".")
    return rest.partition(".")[0] or None if first == "timer_widget" else None


def test_rooms_of_the_timer_do_not_import_in_a_circle() -> None:
    known: dict[str, set[str]] = {}
    for path in (ROOT / "timer_widget").rglob("*.py"):
        mine = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        if mine and "migrations" not in path.parts and "node_modules" not in path.parts:
            known.setdefault(mine, set()).update(filter(None, map(room_of, imported_by(path))))
            known[mine].discard(mine)
    assert set(ROOMS) <= set(known)
    list(TopologicalSorter(known).static_order())  # raises CycleError


def test_harvest_is_plain_python() -> None:
    for path in (ROOT / "harvest_bridge" / "harvest").rglob("*.py"):
        assert not [name for name in imported_by(path) if name.startswith(("django", "rest_framework"))], path


QUESTIONS = {"payouts", "utilization", "profitability", "budgets"}


def question_of(module: str) -> str | None:
    """`harvest_bridge.insights.payouts.views` -> `payouts`."""
    parts = module.split(".")
    return parts[2] if parts[:2] == ["harvest_bridge", "insights"] and len(parts) > 2 else None


def test_questions_of_insights_do_not_know_each_other() -> None:
    for path in (ROOT / "harvest_bridge" / "insights").rglob("*.py"):
        mine = question_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        theirs = {question_of(name) for name in imported_by(path)}
        assert mine not in QUESTIONS or theirs & QUESTIONS <= {mine}, path
