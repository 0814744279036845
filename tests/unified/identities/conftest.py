"""A host's back end that speaks of its people on Alice's connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection

PATH = "/unified/user-directory/identities"
Ask = Callable[..., Any]


@pytest.fixture
def ask(api: APIClient, alices: Connection, django_capture_on_commit_callbacks: Callable[..., Any]) -> Ask:
    """`ask("get", "/matching", state="matched")`, `ask("put", body=[…])`; answers the response.

    What waits for the commit, such as the worker's part, is done by then.
    """

    def send(verb: str, path: str = "", *, body: Any = None, **query: str) -> Any:
        wanted = "&".join(f"{name}={value}" for name, value in {"integrated_account_id": alices.pk, **query}.items())
        with django_capture_on_commit_callbacks(execute=True):
            return getattr(api, verb)(f"{PATH}{path}?{wanted}", body, format="json")

    return send


def person(external_id: str, email: str = "", name: str = "") -> dict[str, str]:
    return {"external_id": external_id, "email": email, "name": name}


def one(ask: Ask, external_id: str) -> dict[str, Any]:
    """What the list says of one person."""
    [row] = ask("get", external_id=external_id).json()["result"]
    found: dict[str, Any] = row
    return found
