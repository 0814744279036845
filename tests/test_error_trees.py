"""Each errors.py begins with the tree of its app's errors: what a reader sees there is what the classes are."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from rest_framework.exceptions import MethodNotAllowed

from harvest_bridge.api.errors import answer_error
from harvest_bridge.env import ROOT
from harvest_bridge.errors import BridgeError

Kind = type[BridgeError]
SOURCES = [
    path
    for folder in ("harvest_bridge", "timer_widget")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
]


def having(text: str) -> list[str]:
    """The modules in whose source it stands: `harvest_bridge.hosts.errors`."""
    found = [path for path in SOURCES if text in path.read_text()]
    return sorted(".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found)


for name in having("errors import"):
    importlib.import_module(name)  # so that every class is known
MODULES = [name for name in having("import BridgeError") if name.endswith(".errors")] + ["harvest_bridge.errors"]


def home_of(kind: Kind) -> str:
    """The errors.py that draws this class: its own, or the nearest above its module."""
    package = Path(*kind.__module__.split("."))
    return next(name for parent in package.parents if (name := ".".join((*parent.parts, "errors"))) in MODULES)


def every_error(kind: Kind = BridgeError) -> Iterator[Kind]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__.startswith(("harvest_bridge", "timer_widget")):
            yield from every_error(child)


def line_of(kind: Kind, home: str) -> str:
    """Status and code, where the class has a code of its own; and its module, where it is another."""
    code = f"{kind.status} {kind.code}" if "code" in vars(kind) else ""
    where = "" if kind.__module__ in (home, BridgeError.__module__) else f"  ({kind.__module__.partition('.')[2]})"
    return f"{code}{where}"


def tree_of(home: str) -> str:
    """As it is drawn: names on the left, aligned."""
    drawn = {kind for kind in every_error() if home_of(kind) == home}
    shown = drawn | {base for kind in drawn for base in kind.__mro__ if base in set(every_error())}
    rows = list(rows_of(BridgeError, shown, ""))
    width = max(len(name) for name, _ in rows) + 2
    return "\n".join(f"{name.ljust(width)}{line_of(kind, home)}".rstrip() for name, kind in rows)


def rows_of(kind: Kind, shown: set[Kind], before: str) -> Iterator[tuple[str, Kind]]:
    if not before:
        yield kind.__name__, kind
    children = sorted((child for child in kind.__subclasses__() if child in shown), key=lambda child: child.__name__)
    for place, child in enumerate(children, start=1):
        is_last = place == len(children)
        yield f"{before}{'└ ' if is_last else '├ '}{child.__name__}", child
        yield from rows_of(child, shown, before + ("  " if is_last else "│ "))


@pytest.mark.parametrize("home", MODULES)
def test_the_tree_at_the_top_is_that_of_the_classes(home: str) -> None:
    tree = tree_of(home)
    assert tree in (importlib.import_module(home).__doc__ or ""), f"draw it anew in {home}:\n{tree}"


def test_every_error_is_drawn_somewhere() -> None:
    assert {home_of(kind) for kind in every_error()} == set(MODULES)


def test_what_the_framework_refuses_makes_no_class_of_its_own() -> None:
    """The OpenAPI document lists the classes that there are, whatever was refused before it was made."""
    before = set(every_error())
    answer = answer_error(MethodNotAllowed("PUT"), {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"]) == (405, "method_not_allowed")
    assert set(every_error()) == before
