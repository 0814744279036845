"""Every field of the unified schema, from what Harvest sends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.harvest.records import Role, User
from harvest_bridge.unified.mapping import unified_role, unified_user

HARVEST_USER: dict[str, Any] = {
    "id": 4000101,
    "first_name": "Zoë",
    "last_name": "O’Brien",
    "email": "zoe@example.com",
    "telephone": "+49 30 1",
    "timezone": "Eastern Time (US & Canada)",
    "is_active": True,
    "is_contractor": False,
    "roles": ["Designer"],
    "access_roles": ["manager"],
    "avatar_url": "https://example.com/a.png",
    "created_at": "2020-01-02T03:04:05Z",
    "updated_at": "2021-01-02T03:04:05Z",
}


def role_of(name: str, group: str) -> dict[str, Any]:
    return {"id": None, "name": name, "group": group, "organization": None, "workspace": None}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("id", "4000101"),
        ("first_name", "Zoë"),
        ("last_name", "O’Brien"),
        ("name", "Zoë O’Brien"),
        ("emails", [{"email": "zoe@example.com", "type": "work", "is_primary": True}]),
        ("phones", [{"number": "+49 30 1", "extension": None, "type": "phone"}]),
        ("status", "active"),
        ("user_type", "employee"),
        ("roles", [role_of("Designer", "job"), role_of("manager", "access")]),
        ("avatar", "https://example.com/a.png"),
        ("timezone", "America/New_York"),
        ("created_at", "2020-01-02T03:04:05Z"),
        ("updated_at", "2021-01-02T03:04:05Z"),
        ("remote_data", HARVEST_USER),
    ],
)
def test_a_field_of_a_user(field: str, expected: Any) -> None:
    assert unified_user(User.from_harvest(HARVEST_USER))[field] == expected


@pytest.mark.parametrize(
    ("sent", "field", "expected"),
    [
        ({"is_active": False}, "status", "inactive"),
        ({"is_contractor": True}, "user_type", "contractor"),
        ({"telephone": None}, "phones", []),
        ({"telephone": ""}, "phones", []),
        ({"email": None}, "emails", []),
        ({"avatar_url": ""}, "avatar", None),
        ({"timezone": None}, "timezone", None),
        ({"first_name": None, "last_name": "Solo"}, "name", "Solo"),
    ],
)
def test_what_is_empty_in_harvest(sent: dict[str, Any], field: str, expected: Any) -> None:
    assert unified_user(User.from_harvest(HARVEST_USER | sent))[field] == expected


_TEXT = st.none() | st.text(max_size=20)


@given(
    st.fixed_dictionaries(
        {"id": st.integers(min_value=1, max_value=2**53)},
        optional={
            "first_name": _TEXT,
            "last_name": _TEXT,
            "email": _TEXT,
            "telephone": _TEXT,
            "timezone": st.sampled_from(["Berlin", "Hawaii", "", None]),
            "is_active": st.booleans(),
            "roles": st.lists(st.text(max_size=5), max_size=3),
            "access_roles": st.lists(st.text(max_size=5), max_size=3),
        },
    )
)
def test_any_harvest_user_becomes_one_of_the_same_shape(sent: dict[str, Any]) -> None:
    unified = unified_user(User.from_harvest(sent))
    assert set(unified) == set(unified_user(User.from_harvest(HARVEST_USER)))
    assert unified["id"] == str(sent["id"])
    assert unified["remote_data"] == sent


def test_a_role() -> None:
    sent = {"id": 7, "name": "Designer", "user_ids": [1], "created_at": "2020-01-02T03:04:05Z", "updated_at": None}
    unified = unified_role(Role.from_harvest(sent))
    assert (unified["id"], unified["name"], unified["created_at"]) == ("7", "Designer", "2020-01-02T03:04:05Z")
    assert unified["remote_data"] == sent
