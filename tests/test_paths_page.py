"""docs/paths.md lists every path that we serve, and none that we do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver
from starlette.routing import Route

from harvest_bridge.asgi import application
from harvest_bridge.env import ROOT

PAGE = (ROOT / "docs" / "paths.md").read_text()
THEIR_OWN = ("/admin/", "/accounts/")  # whole sites, named by their door


def served() -> set[str]:
    django = {path for path in paths_of(get_resolver().url_patterns) if not path.startswith(THEIR_OWN)}
    routes = (route.path for route in application.routes if isinstance(route, Route))
    return django | {re.sub(r"{(\w+):\w+}", r"{\1}", path) for path in routes}


def paths_of(patterns: list[Any], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        path = prefix + re.sub(r"<(\w+:)?(\w+)>", r"{\2}", str(pattern.pattern))
        yield from paths_of(pattern.url_patterns, path) if hasattr(pattern, "url_patterns") else [path]


DOCUMENTED = {
    path for path in re.findall(r"^\| `(?:[A-Z]+ )?(/[^`]*)` \|", PAGE, re.MULTILINE) if not path.startswith(THEIR_OWN)
}


@pytest.mark.parametrize("path", sorted(served()))
def test_every_path_is_described(path: str) -> None:
    assert path in DOCUMENTED


def test_nothing_is_described_that_is_not_served() -> None:
    assert DOCUMENTED - served() == set()
