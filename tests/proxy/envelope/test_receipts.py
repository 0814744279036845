"""A receipt goes up as multipart through the envelope too, byte for byte, and once per key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.proxy import multipart
from harvest_bridge.sandbox.testing import RunningSandbox

from .owners import first_of

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
Upload = Callable[..., Any]


@pytest.fixture
def upload(api: APIClient, alices: Connection, sandbox: RunningSandbox) -> Upload:
    project, _ = sandbox.pick("alice")
    category = first_of("expense_categories", sandbox)

    def send(path: str, *, key: str = "", picture: bytes = PNG, **query: Any) -> Any:
        fields = {"project_id": project.id, "expense_category_id": category, "spent_date": "2026-11-20"}
        form = b"".join(
            f'--obst\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {**fields, "total_cost": "12.5"}.items()
        )
        head = 'Content-Disposition: form-data; name="receipt"; filename="r.png"\r\nContent-Type: image/png\r\n\r\n'
        form += f"--obst\r\n{head}".encode() + picture + b"\r\n--obst--\r\n"
        headers = {"Idempotency-Key": key} if key else {}
        query = {"integrated_account_id": str(alices.pk), **query}

        kind = "multipart/form-data; boundary=obst"
        return api.generic("POST", path, form, kind, query_params=query, headers=headers)

    return send


@pytest.mark.parametrize("query", [{}, {"truto_body_passthrough": "true"}], ids=str)
def test_an_expense_comes_with_its_receipt(upload: Upload, sandbox: RunningSandbox, query: dict[str, str]) -> None:
    sandbox.journal.clear()
    made = upload("/proxy/expenses", **query)
    assert (made.status_code, made.json()["total_cost"]) == (201, 12.5)
    assert made.json()["receipt"] | {"url": ""} == {
        "url": "",
        "file_name": "r.png",
        "file_size": len(PNG),
        "content_type": "image/png",
    }
    assert sandbox.requests()[0].query == ""


def test_custom_takes_one_too(upload: Upload) -> None:
    made = upload("/custom/v2/expenses")
    assert (made.status_code, made.json()["result"]["receipt"]["file_size"]) == (201, len(PNG))


def test_a_key_counts_for_a_receipt(upload: Upload) -> None:
    first, again = upload("/proxy/expenses", key="r1"), upload("/proxy/expenses", key="r1")
    assert (first.json()["id"], again.headers["idempotent-replayed"]) == (again.json()["id"], "true")
    other = upload("/proxy/expenses", key="r1", picture=PNG[::-1])
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_longer_one_belongs_on_v2(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "MAX_BYTES", 300)
    refused = upload("/proxy/expenses")
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_long")
