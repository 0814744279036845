"""Every error has one shape, whoever raised it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.api.errors import body_of, headers_of
from harvest_bridge.errors import BridgeError

pytestmark = pytest.mark.django_db


def shape(response: Any) -> tuple[int, str]:
    body = json.loads(response.content)
    assert response["Content-Type"].startswith("application/json")
    assert {"statusCode", "error", "message", "code"} <= set(body)
    assert body["statusCode"] == response.status_code
    return response.status_code, body["code"]


def test_an_unknown_path_is_a_json_404() -> None:
    assert shape(Client().get("/no/such/path")) == (404, "not_found")


def test_a_wrong_method_is_a_json_405(api: APIClient) -> None:
    assert shape(api.put("/link-token", {}, format="json")) == (405, "method_not_allowed")


def test_a_body_that_is_no_json_is_a_400(api: APIClient) -> None:
    assert shape(api.post("/link-token", "{not json", content_type="application/json")) == (400, "parse_error")


def test_a_missing_field_is_named_with_its_remedy(api: APIClient) -> None:
    response = api.post("/link-token", {}, format="json")
    assert shape(response) == (400, "invalid_request")
    assert "tenant_id" in response.json()["fields"]


def test_a_bug_is_a_500_that_tells_nothing_of_our_inside(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr("harvest_bridge.connections.services.create_link_token", broken)
    api.raise_request_exception = False
    response = api.post("/link-token", {"tenant_id": "acme"}, format="json")
    assert shape(response) == (500, "internal_error")
    assert "the inside" not in response.content.decode()


@pytest.mark.parametrize(
    ("status", "seconds", "shown"), [(429, 7.2, "8"), (429, None, "1"), (503, None, "1"), (400, None, None)]
)
def test_whoever_should_come_back_is_told_when(status: int, seconds: float | None, shown: str | None) -> None:
    kind = type("Error", (BridgeError,), {"status": status, "code": "x"})
    assert headers_of(kind("m", retry_after=seconds)).get("Retry-After") == shown


def test_what_an_error_adds_is_on_the_wire() -> None:
    assert body_of(BridgeError("m", raw_response={"a": 1}))["raw_response"] == {"a": 1}
