"""An answer may hold 2,000 records: nothing of it stays once it is sent."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from django.test import RequestFactory
from django.urls import resolve

from harvest_bridge.hosts.services import NewHostApp


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


class Record(list[str]):
    """What can be looked after."""


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("path", ["/integrated-account", "/integrated-account/nobody"])
def test_an_answer_is_gone_without_the_collector(board: NewHostApp, path: str) -> None:
    found = resolve(path)
    request = RequestFactory().get(path, headers={"Authorization": f"Bearer {board.api_key}"})
    response = found.func(request, *found.args, **found.kwargs)
    record = Record()
    response.data["result"] = record
    response.render()
    seen = [weakref.ref(response), weakref.ref(record)]
    del response, record
    assert [each() for each in seen] == [None, None]
