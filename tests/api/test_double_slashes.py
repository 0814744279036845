"""A slash too many, in the middle or at the end, does no harm to a read or a write."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path",
    [
        "/proxy/clients",
        "/proxy/clients/{client}",
        "/proxy/reports/time/clients",
        "/custom/v2/users/me",
        "/unified/user-directory/users",
        "/unified/user-directory/users/{user}",
        "/unified/user-directory/users/meta/list",
        "/unified/meta/user-directory/harvest",
        "/unified/mappings",
    ],
)
def test_a_trailing_slash_asks_for_the_same(
    api: APIClient, alices: Connection, sandbox: RunningSandbox, path: str
) -> None:
    path = path.format(client=next(iter(sandbox.account.clients)).id, user=sandbox.user("bruno").id)
    query = {} if "meta" in path else {"integrated_account_id": str(alices.pk)}
    query |= {"from": "20260101", "to": "20260131"} if "reports" in path else {}
    plain = api.get(path, query)
    assert plain.status_code == 200, plain.content
    for written in (f"{path}/", f"{path}//"):
        slashed = api.get(written, query)
        assert (slashed.status_code, slashed.content) == (200, plain.content)


def test_a_write_keeps_its_body_and_happens_once_however_it_is_written(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    made = [
        api.post(
            f"{path}?integrated_account_id={alices.pk}",
            json.dumps({"name": "Slash & Sons"}),
            content_type="application/json",
            headers={"Idempotency-Key": "slash"},
        )
        for path in ("/proxy/clients/", "/proxy/clients", "/proxy//clients//")
    ]
    assert [response.status_code for response in made] == [201] * 3
    assert {response.json()["name"] for response in made} == {"Slash & Sons"}
    assert len({response.json()["id"] for response in made}) == 1


@pytest.mark.parametrize(("method", "path"), [("delete", "/proxy/clients/"), ("patch", "/proxy/clients/")])
def test_a_write_that_lost_its_id_does_nothing(
    api: APIClient, alices: Connection, sandbox: RunningSandbox, method: str, path: str
) -> None:
    sandbox.journal.clear()
    response = getattr(api, method)(f"{path}?integrated_account_id={alices.pk}", {}, format="json")
    assert response.status_code in (400, 405), response.content
    assert sandbox.requests() == []


def test_pages_for_browsers_keep_theirs() -> None:
    assert Client().get("/docs/").status_code == 200
    assert Client().get("/docs").status_code == 404
    assert Client().get("/unified/").status_code == 404
