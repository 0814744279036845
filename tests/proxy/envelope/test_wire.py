"""What SDKs put on the wire (truto-wire §8.3), against a real bridge."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account

from .owners import first_of


@pytest.fixture
def account(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[str]:
    """A token for Alice's connection, so that no query is needed."""
    linked = link_account(bridge, sandbox, "alice")
    wanted = {"integrated_account_id": linked}
    yield bridge.api.post("/integrated-account/token", json=wanted).json()["integrated_account_token"]
    bridge.api.delete(f"/integrated-account/{linked}")


@pytest.mark.parametrize(
    "target", ["//proxy/clients", "/proxy//clients", "///proxy///clients?", "/proxy/clients?", "/custom//v2/clients?"]
)
def test_slashes_and_question_marks_too_many(bridge: Bridge, account: str, target: str) -> None:
    answer = bridge.api.get(f"{bridge.url}{target}", headers={"Authorization": f"Bearer {account}"})
    assert (answer.status_code, answer.json()["result_count"]) == (200, 6)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_without_a_content_type_or_a_length(bridge: Bridge, account: str, is_chunked: bool) -> None:
    body = b'{"name": "Vandelay"}'
    headers = {"Authorization": f"Bearer {account}"}
    content = iter([body[:5], body[5:]]) if is_chunked else body
    answer = bridge.api.post("/proxy/clients", content=content, headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (201, "Vandelay")


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_receipt_of_some_megabytes_may_come_in_chunks(
    bridge: Bridge, account: str, sandbox: RunningSandbox, is_chunked: bool
) -> None:
    picture = bytes(4 * 1024 * 1024)
    project, _ = sandbox.pick("alice")
    form = {"project_id": project.id, "expense_category_id": first_of("expense_categories", sandbox)}
    request = httpx.Request(
        "POST",
        bridge.url,
        data={**form, "spent_date": "2026-11-20", "total_cost": "1"},
        files={"receipt": ("r.png", picture, "image/png")},
    )
    body = request.read()
    headers = {"Authorization": f"Bearer {account}", "Content-Type": request.headers["Content-Type"]}
    content = (body[at : at + 65536] for at in range(0, len(body), 65536)) if is_chunked else body
    answer = bridge.api.post("/proxy/expenses", content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["receipt"]["file_size"] == len(picture)


def test_head_is_get_without_its_body(bridge: Bridge, account: str) -> None:
    answer = bridge.api.head("/proxy/clients", headers={"Authorization": f"Bearer {account}"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "ratelimit-remaining" in answer.headers
