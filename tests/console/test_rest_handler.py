"""REST requests are answered without the middleware of pages, and no differently for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from harvest_bridge.console import django_app
from harvest_bridge.console.rest_handler import is_rest
from harvest_bridge.hosts.services import NewHostApp
from tests.people import ORIGIN

pytestmark = pytest.mark.django_db(transaction=True)
# What differs between two answers to one request.
_OF_ITS_OWN = {"date", "ratelimit-reset", "ratelimit-remaining"}


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, path)
        elif isinstance(each, URLPattern):
            yield path, each.callback


def test_every_view_at_a_rest_path_is_one_that_reads_no_session_and_no_form() -> None:
    rest = {path: view for path, view in routes(get_resolver().url_patterns) if is_rest(f"/{path}")}
    assert len(rest) > 40
    assert all(view.csrf_exempt for view in rest.values())
    plain = {path for path, view in rest.items() if not issubclass(getattr(view, "cls", object), APIView)}
    assert plain == {"provisioning/inbox/<str:template_id>"}  # reads the body as it was signed, and a header's secret


@pytest.mark.parametrize(
    "path",
    [
        "/integrated-account",
        "/integrated-account?limit=x",
        "/integrated-account/none",
        "/proxy//users/?limit=2",
        "/proxy/no/such/path/here",
        "/unified/user-directory/users?a=%00",
        "/timer/state",
        "/timer/nothing",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_it_answers_as_with_all_middleware(
    path: str, method: str, board: NewHostApp, sandbox: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"authorization": f"Bearer {board.api_key}", "host": "localhost", "origin": ORIGIN}
    quick = asked(method, path, headers)
    monkeypatch.setattr(django_app, "is_rest", lambda path: False)
    assert quick == asked(method, path, headers)


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": "localhost", "content-length": "x"}])
def test_it_refuses_a_head_as_with_all_middleware(headers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    quick = asked("GET", "/integrated-account", headers)
    monkeypatch.setattr(django_app, "is_rest", lambda path: False)
    assert quick[0] == 400
    assert quick == asked("GET", "/integrated-account", headers)


def asked(method: str, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    async def ask() -> httpx.Response:
        app = httpx.ASGITransport(django_app.DjangoApp())  # type: ignore[arg-type]  # Django's words for ASGI differ
        async with httpx.AsyncClient(transport=app, base_url="http://localhost") as client:
            return await client.request(method, path, headers=headers)

    answer = asyncio.run(ask())
    return answer.status_code, {k: v for k, v in answer.headers.items() if k not in _OF_ITS_OWN}, answer.content
