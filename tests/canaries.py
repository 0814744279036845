"""Invariant 8, over the whole suite: no secret in a log line, an answer, or a column in clear.

Secrets have shapes (ours begin with `hb_…_`, Harvest's look like `123.at.…`), so every test plants canaries just by
using the product; here they are looked for wherever they must not be. Ours are shown once, in the answer that
makes them, so answers are searched for Harvest's alone.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test.client import ClientHandler

from tests.secret_shapes import HARVESTS, secrets_in

OUR_LOGGERS = ("harvest_bridge", "timer_widget", "huey", "django", "allauth", "httpx", "asyncio")


@pytest.fixture(autouse=True)
def no_secret_in_a_log_line() -> Iterator[None]:
    """What our own formatter would have written of everything logged during the test."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    line = dict(settings.LOGGING["formatters"]["line"])
    handler.setFormatter(line.pop("()")(**line))
    loggers = [logging.getLogger(name) for name in OUR_LOGGERS]
    for logger in loggers:
        logger.addHandler(handler)
    yield
    for logger in loggers:
        logger.removeHandler(handler)
    found = secrets_in(lines.getvalue())
    assert not found, f"{len(found)} secrets in the log of this test"


@pytest.fixture(autouse=True)
def no_harvest_token_in_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = ClientHandler.__call__

    def searched(self: ClientHandler, environ: dict[str, Any]) -> Any:
        response = answer(self, environ)
        search(str(response.headers) + str(response.cookies), environ)
        if response.streaming:
            pieces = response.streaming_content
            response.streaming_content = (search(piece.decode(errors="replace"), environ).encode() for piece in pieces)
        else:
            search(response.content.decode(errors="replace"), environ)
        return response

    def search(shown: str, environ: dict[str, Any]) -> str:
        assert not HARVESTS.search(shown), f"a Harvest token in the answer of {environ['PATH_INFO']}"
        return shown

    monkeypatch.setattr(ClientHandler, "__call__", searched)


@pytest.fixture(autouse=True)
def no_secret_in_a_column(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every text of every table, after each test that linked something or made keys."""
    if not {"alices", "board", "api"} & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("db")  # so that the rows are still there when this test is over
    yield
    for model in apps.get_models():
        found = secrets_in(json.dumps(list(_texts(model)), default=str))
        assert not found, f"{len(found)} secrets in the clear in {model._meta.db_table}"


def _texts(model: type[models.Model]) -> Iterator[Any]:
    columns = [
        field.column
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
    ]
    if not columns or model._meta.db_table.startswith(("auth_", "django_content", "django_migr")):
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        names = ", ".join(quote(column) for column in columns)
        cursor.execute(f"SELECT {names} FROM {quote(model._meta.db_table)}")
        yield from cursor.fetchall()
