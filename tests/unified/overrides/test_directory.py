"""Mappings where they are met: in every answer about users, roles and me, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.overrides import services
from harvest_bridge.unified.overrides.queries import Layer

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(alices: Connection) -> Connection:
    """With a mapping in either layer, and one that always fails."""
    for layer, field, expression in (
        (Layer(alices.host_app), "title", "$uppercase(remote_data.first_name)"),
        (Layer(alices.host_app), "custom_fields.hours", "'overridden'"),
        (Layer(alices.host_app, alices), "custom_fields.hours", "remote_data.weekly_capacity / 3600"),
        (Layer(alices.host_app), "bio", "7"),
    ):
        services.set_mapping(layer=layer, resource="users", field=field, expression=expression, actor="host")
    services.set_mapping(
        layer=Layer(alices.host_app), resource="roles", field="description", expression="'Job: ' & name", actor="host"
    )
    return alices


@pytest.fixture
def ask(api: APIClient, alice: Connection) -> Any:
    def get(path: str, **query: Any) -> Any:
        return api.get(f"/unified/user-directory/{path}", {"integrated_account_id": str(alice.pk), **query})

    return get


def is_mapped(user: dict[str, Any]) -> bool:
    (error,) = user["mapping_errors"]
    assert (error["field"], error["record_id"], error["code"]) == ("bio", user["id"], "mapping_type")
    assert user["bio"] is None
    return bool(user["title"] == user["first_name"].upper() and user["custom_fields"] == {"hours": 35.0})


def test_users_one_user_and_me_are_mapped(ask: Any, sandbox: RunningSandbox) -> None:
    users = ask("users", limit=5).json()["result"]
    assert [is_mapped(user) for user in users] == [True] * 5
    assert is_mapped(ask(f"users/{sandbox.user('ivan').id}").json())
    assert [is_mapped(user) for user in ask("me").json()["result"]] == [True]


def test_roles_are_mapped(ask: Any) -> None:
    roles = ask("roles", limit=3).json()["result"]
    assert [role["description"] for role in roles] == [f"Job: {role['name']}" for role in roles]
    assert ask(f"roles/{roles[0]['id']}").json() == roles[0]


def test_a_page_that_is_narrowed_here_is_mapped_after_its_filters(ask: Any) -> None:
    (alice,) = ask("users", first_name="alice").json()["result"]
    assert is_mapped(alice)
    assert ask("users", name="ALICE").json()["result"] == []


def test_harvests_own_records_and_other_resources_are_left_alone(ask: Any) -> None:
    (raw,) = ask("me", truto_response_format="raw").json()["result"]
    assert {"title", "custom_fields", "mapping_errors"}.isdisjoint(raw)
    assert "custom_fields" not in ask("organizations").json()["result"][0]


def test_mapped_fields_can_be_left_out_and_need_no_remote_data_in_the_answer(ask: Any) -> None:
    (me,) = ask("me", truto_ignore_remote_data="true").json()["result"]
    assert is_mapped(me)
    assert "remote_data" not in me
    (less,) = ask("me", truto_exclude_fields="custom_fields,mapping_errors,title").json()["result"]
    assert {"custom_fields", "mapping_errors", "title"}.isdisjoint(less)


def test_a_page_of_mapped_users_is_one_request_to_harvest(ask: Any, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    ask("users", limit=5)
    assert [request.path for request in sandbox.requests()] == ["/v2/users"]
