"""Django behind ASGI: one thread for one request, and the same again for the next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import httpx
import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from harvest_bridge.console.django_app import DjangoApp

Serve = Callable[..., httpx.AsyncClient]


@pytest.fixture
def serve(settings: Any) -> Serve:
    """A client of a Django that has this one view, and none of our middleware but the first."""

    def serving(view: Callable[[HttpRequest], HttpResponseBase]) -> httpx.AsyncClient:
        settings.MIDDLEWARE = settings.MIDDLEWARE[:1]
        settings.ROOT_URLCONF = (path("", view), path("platform/said", view))
        app = httpx.ASGITransport(DjangoApp())  # type: ignore[arg-type]  # Django's words for ASGI differ
        return httpx.AsyncClient(transport=app, base_url="http://localhost")

    return serving


async def test_threads_are_used_again(serve: Serve) -> None:
    """One that has just answered may not be idle yet when the next request comes, so there may be a second."""
    async with serve(lambda _: HttpResponse(threading.current_thread().name)) as client:
        names = {(await client.get("/")).text for _ in range(40)}
    assert len(names) <= 4
    assert all(name.startswith("django") for name in names)


async def test_a_body_reaches_the_view_and_the_whole_answer_comes_back(serve: Serve) -> None:
    async with serve(lambda request: HttpResponse(request.body * 1_000_000)) as client:
        answer = await client.post("/platform/said", content=b"said")
    assert answer.content == b"said" * 1_000_000


async def test_what_the_caller_set_in_its_context_is_seen_in_the_thread(serve: Serve) -> None:
    spoken = ContextVar("what the caller set", default="nothing")
    spoken.set("hello")
    async with serve(lambda _: HttpResponse(spoken.get())) as client:
        assert (await client.get("/")).text == "hello"


async def test_a_streaming_answer_is_made_piece_by_piece_in_threads_and_ended_once(serve: Serve) -> None:
    made: list[str] = []

    def pieces() -> Iterator[str]:
        try:
            for piece in "abc":
                made.append(threading.current_thread().name)
                yield piece
        finally:
            made.append("ended")

    async with serve(lambda _: StreamingHttpResponse(pieces())) as client:
        assert (await client.get("/")).text == "abc"
    assert [name.startswith("django") for name in made[:-1]] == [True, True, True]
    assert made[-1] == "ended"
