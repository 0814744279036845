"""Every error code is documented (test_paths_page.py holds the routes, test_readme.py settings and commands)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import harvest_bridge.asgi  # noqa: F401 (so that every module with errors is loaded)
from harvest_bridge.env import ROOT
from harvest_bridge.errors import BridgeError

PAGES = "\n".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))


def codes(kind: type[BridgeError]) -> Iterator[tuple[str, str]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(("harvest_bridge", "timer_widget")):
            yield child.__module__, child.code
            yield from codes(child)


@pytest.mark.parametrize(("module", "code"), sorted(set(codes(BridgeError))), ids=lambda value: value)
def test_every_error_code_is_documented(module: str, code: str) -> None:
    assert f"`{code}`" in PAGES, f"{code} of {module} stands in no page of docs/"
