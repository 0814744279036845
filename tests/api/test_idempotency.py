"""`Idempotency-Key`: a write under one key happens once, whoever repeats it, and is never repeated in the dark."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from harvest_bridge.api import idempotency
from harvest_bridge.api.idempotency import KEPT
from harvest_bridge.api.models import IdempotentWrite
from harvest_bridge.api.tasks import forget_expired_keys
from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto.rotation import sealed_fields
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import rest

NEW = {"name": "Vandelay"}
Write = Callable[..., Any]
pytestmark = pytest.mark.django_db


@pytest.fixture
def write(api: Any, alices: Connection, sandbox: RunningSandbox) -> Write:
    """`write("post", "/proxy/clients", NEW, key="k")` as Alice's connection."""

    def send(
        verb: str, path: str, body: Any = None, *, key: str | None = "k-1", client: Any = api, **query: Any
    ) -> Any:
        query = {"integrated_account_id": str(alices.pk), **query}
        headers = {} if key is None else {"Idempotency-Key": key}
        return getattr(client, verb)(path, data=body, format="json", query_params=query, headers=headers)

    sandbox.journal.clear()
    return send


def writes(sandbox: RunningSandbox) -> list[str]:
    return [request.method for request in sandbox.requests() if request.method != "GET" and "token" not in request.path]


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def test_a_repeated_write_is_answered_again_and_not_done_again(write: Write, sandbox: RunningSandbox) -> None:
    first, second = write("post", "/proxy/clients", NEW), write("post", "/proxy/clients", NEW)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert first.status_code == 201
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert "ratelimit-limit" not in second.headers
    assert writes(sandbox) == ["POST"]


def test_without_a_key_every_write_counts(write: Write, sandbox: RunningSandbox) -> None:
    ids = {write("post", "/proxy/clients", NEW, key=key).json()["id"] for key in (None, None)}
    assert (len(ids), writes(sandbox)) == (2, ["POST"] * 2)


def test_every_kind_of_write_takes_a_key(write: Write, sandbox: RunningSandbox) -> None:
    client = write("post", "/custom/v2/clients", NEW).json()["result"]["id"]
    project, task = sandbox.picks("alice")[0]
    entry = write(
        "post", "/proxy/time_entries", {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-24"}
    ).json()["id"]
    for verb, path in [
        ("patch", f"/proxy/clients/{client}"),
        ("post", f"/proxy/time_entries/{entry}/stop"),
        ("delete", f"/proxy/time_entries/{entry}"),
        ("delete", f"/custom/v2/clients/{client}"),
    ]:
        first = write(verb, path)
        again = write(verb, path)
        assert (first.status_code, again.content) == (200, first.content), path
        assert again.headers["idempotent-replayed"] == "true"
    assert writes(sandbox) == ["POST", "POST", "PATCH", "PATCH", "DELETE", "DELETE"]


@pytest.mark.parametrize(
    ("verb", "body", "query"),
    [("post", {"name": "Kramerica"}, {}), ("post", NEW, {"truto_body": "1"}), ("post", None, {})],
)
def test_the_key_of_another_request_is_a_422(
    write: Write, sandbox: RunningSandbox, verb: str, body: Any, query: dict[str, str]
) -> None:
    write("post", "/custom/v2/clients", NEW)
    assert code(write(verb, "/custom/v2/clients", body, **query)) == (422, "idempotency_key_reused")
    assert writes(sandbox) == ["POST"]


def test_the_order_of_a_bodys_fields_does_not_matter(write: Write, sandbox: RunningSandbox) -> None:
    write("post", "/proxy/clients", {"name": "Vandelay", "currency": "EUR"})
    assert write("post", "/proxy/clients", {"currency": "EUR", "name": "Vandelay"}).status_code == 201
    assert writes(sandbox) == ["POST"]


def test_a_key_is_good_within_its_path_connection_and_host(
    write: Write, sandbox: RunningSandbox, board: NewHostApp, stranger: NewHostApp, link: Callable[..., Any]
) -> None:
    other = link("alice", board.host_app, tenant_id="globex")
    theirs = link("alice", stranger.host_app)
    sandbox.journal.clear()
    write("post", "/proxy/clients", NEW)
    write("post", "/proxy/tasks", NEW)
    write("post", "/proxy/clients", NEW, integrated_account_id=str(other.pk))
    write("post", "/proxy/clients", NEW, client=rest(stranger.api_key), integrated_account_id=str(theirs.pk))
    assert writes(sandbox) == ["POST"] * 4


def test_a_refusal_is_kept_as_well(write: Write, sandbox: RunningSandbox) -> None:
    first, second = write("post", "/proxy/time_entries", {}), write("post", "/proxy/time_entries", {})
    assert (first.status_code, second.content) == (422, first.content)
    assert writes(sandbox) == ["POST"]


@pytest.mark.parametrize("status", [429, 403])
def test_what_passes_with_time_was_not_done_and_may_be_tried_again(
    write: Write, sandbox: RunningSandbox, settings: Any, status: int
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 1
    sandbox.fault("status", method="POST", path="/v2/clients", status=status, retry_after=2, times=1)
    assert write("post", "/proxy/clients", NEW).status_code == status
    settings.HARVEST_TIMEOUT_SECONDS = 20
    assert write("post", "/proxy/clients", NEW).status_code == 201
    assert IdempotentWrite.objects.count() == 1


def test_a_lost_answer_is_told_as_such_every_time(write: Write, sandbox: RunningSandbox) -> None:
    sandbox.fault("lost_answer", method="POST", path="/v2/clients")
    first, second = write("post", "/proxy/clients", NEW), write("post", "/proxy/clients", NEW)
    assert code(first) == code(second) == (503, "harvest_outcome_unknown")
    assert second.headers["Retry-After"] == first.headers["Retry-After"]
    assert writes(sandbox) == ["POST"]


def test_after_a_bug_of_ours_nobody_knows_and_nothing_is_repeated(
    write: Write, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(calls, "send", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write("post", "/proxy/clients", NEW)
    assert code(write("post", "/proxy/clients", NEW)) == (422, "idempotency_outcome_unknown")
    assert writes(sandbox) == []


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "tab\there"])
def test_a_key_that_is_none_is_refused(write: Write, sandbox: RunningSandbox, key: str) -> None:
    response = write("post", "/proxy/clients", NEW, key=key)
    assert code(response) == (400, "invalid_request")
    assert response.json()["message"].startswith("Idempotency-Key: ")
    assert writes(sandbox) == []


def test_who_cannot_wait_for_the_first_is_told_to_come_back(
    write: Write, sandbox: RunningSandbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 0.1
    monkeypatch.setattr(idempotency, "try_lock", lambda name: nullcontext(False))
    response = write("post", "/proxy/clients", NEW)
    assert code(response) == (503, "idempotency_key_in_use")
    assert int(response.headers["Retry-After"]) >= 1
    assert writes(sandbox) == []


def test_reads_do_not_care(write: Write) -> None:
    assert "idempotent-replayed" not in [write("get", "/proxy/clients") for _ in range(2)][1].headers
    assert not IdempotentWrite.objects.exists()


def test_a_key_is_forgotten_after_a_day(write: Write, sandbox: RunningSandbox) -> None:
    write("post", "/proxy/clients", NEW)
    IdempotentWrite.objects.update(started_at=timezone.now() - KEPT - timedelta(seconds=1))
    assert "idempotent-replayed" not in write("post", "/proxy/clients", NEW).headers
    assert writes(sandbox) == ["POST", "POST"]


def test_the_worker_clears_forgotten_keys_away(write: Write) -> None:
    for age in (KEPT - timedelta(minutes=5), KEPT + timedelta(minutes=5)):
        write("post", "/proxy/clients", NEW, key=str(age))
        IdempotentWrite.objects.filter(started_at__gt=timezone.now() - timedelta(minutes=1)).update(
            started_at=timezone.now() - age
        )
    forget_expired_keys.call_local()
    assert IdempotentWrite.objects.count() == 1


def test_a_kept_answer_is_sealed_and_follows_a_new_key(write: Write) -> None:
    write("post", "/proxy/clients", NEW)
    [row] = IdempotentWrite.objects.all()
    assert "Vandelay" not in row.sealed_body
    assert (IdempotentWrite, "sealed_body") in [(field.model, field.name) for field in sealed_fields()]


def test_a_key_stands_for_one_method_too(write: Write, sandbox: RunningSandbox) -> None:
    client = write("post", "/proxy/clients", NEW).json()["id"]
    assert write("patch", f"/proxy/clients/{client}", key="k-2").status_code == 200
    assert code(write("delete", f"/proxy/clients/{client}", key="k-2")) == (422, "idempotency_key_reused")
    assert writes(sandbox) == ["POST", "PATCH"]
