"""Every route and every error code is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from harvest_bridge.asgi import application
from harvest_bridge.env import ROOT
from harvest_bridge.errors import BridgeError

PAGES = "\n".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
DOCUMENTED_AS_A_WHOLE = ("/admin/", "/accounts/")


def routes(patterns: list[Any], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if path.startswith(DOCUMENTED_AS_A_WHOLE):
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield re.sub(r"<[^>]+>", "{id}", path)


def codes(kind: type[BridgeError]) -> Iterator[tuple[str, str]]:
    for child in kind.__subclasses__():
        if child.__module__.startswith(("harvest_bridge", "timer_widget")):
            yield child.__module__, child.code
            yield from codes(child)


ROUTES = sorted({*routes(get_resolver().url_patterns), *(route.path for route in application.routes)} - {"/", ""})
CODES = sorted(set(codes(BridgeError)))


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_is_documented(route: str) -> None:
    assert f"{route}`" in PAGES or f"{route}?" in PAGES, f"{route} stands in no page of docs/"


@pytest.mark.parametrize(("module", "code"), CODES, ids=lambda value: value)
def test_every_error_code_is_documented(module: str, code: str) -> None:
    assert f"`{code}`" in PAGES, f"{code} of {module} stands in no page of docs/"
