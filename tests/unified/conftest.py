"""The directory as a host's back end asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection

Ask = Callable[..., Any]


@pytest.fixture
def ask(api: APIClient, alices: Connection) -> Ask:
    """GET, as Alice's account connection; `_method` and `_body` write."""

    def call(path: str, _method: str = "get", _body: Any = None, _headers: Any = None, **query: Any) -> Any:
        address = f"/unified/user-directory/{path}"
        named = {"integrated_account_id": str(alices.pk), **query}
        if _method == "get":
            return api.get(address, named, headers=_headers or {})
        body, query = json.dumps(_body).encode(), urlencode(named)
        kind = "application/json"
        return api.generic(_method.upper(), address, body, kind, QUERY_STRING=query, headers=_headers or {})

    return call
