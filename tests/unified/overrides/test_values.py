"""What a mapped value may be: the unified schema's type in a standard field, anything in a custom one."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import Raw

from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.unified.harvest_records import joined
from harvest_bridge.unified.mapping import MappingContext, unified_role, unified_user
from harvest_bridge.unified.overrides.application import mapped
from harvest_bridge.unified.overrides.expression_input import as_json
from harvest_bridge.unified.overrides.fields import STANDARD_FIELDS, can_be_mapped, checked, empty_value

from .conftest import OWNER, one, person


@pytest.mark.parametrize(
    ("field", "expression", "value"),
    [
        ("title", "'Boss'", "Boss"),
        ("title", "null", None),
        ("title", "remote_data.nothing", None),
        ("emails", "remote_data.nothing", []),
        ("emails", "[{'email': 'a@b.c', 'is_primary': true}]", [{"email": "a@b.c", "is_primary": True}]),
        ("emails", "[]", []),
        ("languages", "['de', 'en']", ["de", "en"]),
        ("languages", "['de', 'en'][$ = 'de']", ["de"]),
        ("emails", "{'email': 'a@b.c'}", [{"email": "a@b.c"}]),
        ("status", "'invited'", "invited"),
        ("created_at", "'2020-01-02T03:04:05Z'", "2020-01-02T03:04:05Z"),
        ("is_2fa_enabled", "true", True),
        ("name", "name", "Zoë"),
    ],
)
def test_a_value_of_the_right_type_is_taken(field: str, expression: str, value: Any) -> None:
    assert one(expression, field=field) == value


@pytest.mark.parametrize(
    ("field", "expression"),
    [
        ("title", "1"),
        ("title", "['a', 'b']"),
        ("emails", "'a@b.c'"),
        ("emails", "[{'email': 7}]"),
        ("status", "'asleep'"),
        ("created_at", "'yesterday'"),
        ("created_at", "'2026-13-01T00:00:00Z'"),
        ("is_2fa_enabled", "'yes'"),
        ("languages", "[1]"),
    ],
)
def test_a_value_of_another_type_is_refused_and_named(field: str, expression: str) -> None:
    (answer,) = mapped(OWNER, "users", {field: expression}, [person()])
    assert answer[field] == empty_value("users", field)
    assert answer["mapping_errors"][0]["code"] == "mapping_type"
    assert f"users.{field}" in answer["mapping_errors"][0]["message"]


@pytest.mark.parametrize("value", ["1", "'a'", "[1, 'a']", "{'a': [null]}", "null", "true", "1.5", "'漢字 😀'"])
def test_a_custom_field_may_be_anything(value: str) -> None:
    assert one(value) != "mapping_type"


def test_custom_fields_are_together_under_their_key() -> None:
    expressions = {"custom_fields.a": "1", "custom_fields.b": "remote_data.telephone"}
    (answer,) = mapped(OWNER, "users", expressions, [person()])
    assert answer["custom_fields"] == {"a": 1, "b": "+49 30 1"}
    assert mapped(OWNER, "users", {"title": "'x'"}, [person()]) == [{"title": "x"}]


@pytest.mark.parametrize(
    "field", ["id", "remote_data", "custom_fields", "custom_fields.", "custom_fields.a-b", "colour"]
)
def test_other_fields_cannot_be_mapped(field: str) -> None:
    assert not can_be_mapped("users", field)


def test_every_field_of_the_schema_but_id_can_be_mapped() -> None:
    [user] = as_json([unified_user(Raw(b'{"id": 1}'), MappingContext())])
    [role] = as_json([unified_role(Raw(b'{"id": 1, "name": "x"}'), MappingContext())])
    assert set(user) - set(STANDARD_FIELDS["users"]) == {"id", "remote_data"}
    assert set(role) - set(STANDARD_FIELDS["roles"]) == {"id", "remote_data"}


def test_what_is_built_in_has_the_type_that_mappings_must_have() -> None:
    raw = person(email="a@b.c", is_active=True, created_at="2020-01-02T03:04:05Z")["remote_data"]
    [user] = as_json([unified_user(joined(raw), MappingContext(account_id="1", account_name="x"))])
    assert [checked("users", field, [value])[1] for field, value in user.items()] == [{}] * len(user)


@pytest.mark.parametrize("odd", [b"99999999999999999999", b"[" * 400 + b"]" * 400])
def test_what_cannot_be_carried_to_the_child_leaves_the_field_empty(odd: bytes) -> None:
    people = [unified_user(Raw(b'{"id": 7, "x": %s}' % odd), MappingContext())]
    [filled] = mapped(OWNER, "users", {"title": "$string(remote_data.x)", "bio": "'b'"}, as_json(people))
    assert filled["title"] is None
    assert {error["code"] for error in filled["mapping_errors"]} == {"mapping_failed"}


def test_a_number_that_is_none_is_harvests_mistake() -> None:
    with pytest.raises(HarvestMalformed, match="out of range"):
        as_json([unified_user(Raw(b'{"id": 7, "x": 1e400}'), MappingContext())])
