"""Every error code is documented, every link leads somewhere; test_paths_page.py and test_readme.py hold the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

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


def anchors_of(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!\w+:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link
