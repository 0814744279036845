"""Asking the envelope as Alice's connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection

Ask = Callable[..., Any]


@pytest.fixture
def ask(api: APIClient, alices: Connection) -> Ask:
    """`ask("get", "/proxy/users", limit=5)`; `json=` is the body, `headers=` as Django's client wants them."""

    def call(verb: str, path: str, *, json: Any = None, headers: Any = None, **query: Any) -> Any:
        data = {} if json is None else {"data": json, "format": "json"}
        query = {"integrated_account_id": str(alices.pk), **query}
        return getattr(api, verb)(path, query_params=query, headers=headers or {}, **data)

    return call


@pytest.fixture
def every_page(ask: Ask) -> Callable[..., list[list[Any]]]:
    def walk(path: str, **query: Any) -> list[list[Any]]:
        pages, cursor = [], ""
        while cursor is not None:
            page = ask("get", path, next_cursor=cursor, **query)
            assert page.status_code == 200, page.content
            pages.append(page.json()["result"])
            cursor = page.json()["next_cursor"]
        return pages

    return walk
