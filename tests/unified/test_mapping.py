"""Every field of the unified schema, from what Harvest sends, and back."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Raw

from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.timezones import IANA_NAMES
from harvest_bridge.unified import schema
from harvest_bridge.unified.mapping import (
    MappingContext,
    unified_group,
    unified_organization,
    unified_role,
    unified_user,
    unified_utilization,
    unified_workspace,
)
from harvest_bridge.unified.resources import Serialize
from harvest_bridge.unified.serializers import RoleInput, UserInput, harvest_role, harvest_user

BUILT_IN = set(schema.User.__struct_fields__) - schema.MADE_BY_MAPPINGS - {"warnings"}
AROUND = MappingContext(
    account_id="1408215", account_name="Fennel & Finch", start_date="2026-11-02", end_date="2026-11-15"
)
HARVEST_USER: dict[str, Any] = {
    "id": 4000101,
    "first_name": "Zoë",
    "last_name": "O’Brien",
    "email": "zoe@example.com",
    "telephone": "+49 30 1",
    "timezone": "Eastern Time (US & Canada)",
    "is_active": True,
    "is_contractor": False,
    "weekly_capacity": 126000,
    "employee_id": "E-17",
    "roles": ["Designer"],
    "access_roles": ["manager"],
    "avatar_url": "https://example.com/a.png",
    "created_at": "2020-01-02T03:04:05Z",
    "updated_at": "2021-01-02T03:04:05Z",
}


def shown(show: Serialize, sent: dict[str, Any], around: MappingContext = AROUND) -> dict[str, Any]:
    """What a caller reads where Harvest sent this."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(show(Raw(msgspec.json.encode(sent)), around)))
    return found


def valid(unified: dict[str, Any], kind: type[schema.Record]) -> None:
    """Errors: msgspec.ValidationError."""
    msgspec.json.decode(msgspec.json.encode(unified), type=kind)


def role_of(name: str, group: str, role_id: str | None = None) -> dict[str, Any]:
    return {"id": role_id, "name": name, "group": group, "organization": None, "workspace": None}


USER_FIELDS: dict[str, Any] = {
    "id": "4000101",
    "external_id": "E-17",
    "identifiers": None,
    "first_name": "Zoë",
    "last_name": "O’Brien",
    "name": "Zoë O’Brien",
    "username": None,
    "title": None,
    "emails": [{"email": "zoe@example.com", "type": "work", "is_primary": True}],
    "phones": [{"number": "+49 30 1", "extension": None, "type": "phone"}],
    "status": "active",
    "is_email_verified": None,
    "is_2fa_enabled": None,
    "roles": [role_of("Designer", "job"), role_of("manager", "access", "manager")],
    "user_type": "employee",
    "organizations": [{"id": "1408215", "name": "Fennel & Finch"}],
    "licenses": [],
    "groups": [],
    "workspaces": [],
    "weekly_capacity": 126000,
    "avatar": "https://example.com/a.png",
    "timezone": "America/New_York",
    "bio": None,
    "languages": [],
    "created_at": "2020-01-02T03:04:05Z",
    "updated_at": "2021-01-02T03:04:05Z",
    "last_login_at": None,
    "last_active_at": None,
    "remote_data": HARVEST_USER,
}


@pytest.mark.parametrize("field", sorted(BUILT_IN))
def test_every_field_of_a_user(field: str) -> None:
    assert shown(unified_user, HARVEST_USER)[field] == USER_FIELDS[field]


@pytest.mark.parametrize(
    ("sent", "field", "expected"),
    [
        ({"is_active": False}, "status", "inactive"),
        ({"is_contractor": True}, "user_type", "contractor"),
        ({"telephone": None}, "phones", []),
        ({"telephone": ""}, "phones", []),
        ({"email": None}, "emails", []),
        ({"employee_id": 17}, "external_id", "17"),
        ({"employee_id": ""}, "external_id", None),
        ({"avatar_url": ""}, "avatar", None),
        ({"timezone": None}, "timezone", None),
        ({"timezone": "Atlantis"}, "timezone", None),
        ({"timezone": "Europe/Berlin"}, "timezone", "Europe/Berlin"),
        ({"roles": None, "access_roles": None}, "roles", []),
        ({"first_name": None, "last_name": "Solo"}, "name", "Solo"),
        ({"first_name": "", "last_name": ""}, "name", None),
        ({"first_name": "李", "last_name": "小龍"}, "name", "李 小龍"),
        ({"first_name": "عائشة"}, "first_name", "عائشة"),
    ],
)
def test_what_is_empty_or_odd_in_harvest(sent: dict[str, Any], field: str, expected: Any) -> None:
    assert shown(unified_user, HARVEST_USER | sent)[field] == expected


def test_job_roles_get_their_ids_where_they_are_known() -> None:
    around = MappingContext(role_ids={"Designer": "77"})
    assert shown(unified_user, HARVEST_USER, around)["roles"][0] == role_of("Designer", "job", "77")


_TEXT = st.sampled_from([None, "", "Zoë", "李小龍", "عائشة", "\u200b", "a" * 300]) | st.text(max_size=5)
_USERS = st.fixed_dictionaries(
    {"id": st.integers(min_value=1, max_value=2**53)},
    optional={
        "first_name": _TEXT,
        "last_name": _TEXT,
        "email": _TEXT,
        "telephone": _TEXT,
        "employee_id": _TEXT,
        "timezone": st.sampled_from([*IANA_NAMES, "", "Atlantis", None]),
        "is_active": st.none() | st.booleans(),
        "is_contractor": st.none() | st.booleans(),
        "weekly_capacity": st.none() | st.integers(0, 604800),
        "roles": st.none() | st.lists(st.text(max_size=5), max_size=3),
        "access_roles": st.none() | st.lists(st.text(max_size=5), max_size=3),
        "avatar_url": _TEXT,
        "created_at": st.just("2020-01-02T03:04:05Z"),
    },
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy
@given(_USERS)
def test_any_harvest_user_becomes_a_valid_unified_user(sent: dict[str, Any]) -> None:
    unified = shown(unified_user, sent)
    assert set(unified) == BUILT_IN
    valid(unified, schema.User)
    assert unified["remote_data"] == sent


WRITABLE = {
    "first_name": ("Zoë", {"first_name": "Zoë"}),
    "last_name": ("O’Brien", {"last_name": "O’Brien"}),
    "emails": ([{"email": "zoe@example.com"}], {"email": "zoe@example.com"}),
    "phones": ([{"number": "+49 30 1"}], {"telephone": "+49 30 1"}),
    "status": ("inactive", {"is_active": False}),
    "user_type": ("contractor", {"is_contractor": True}),
    "roles": (
        [{"name": "Designer"}, {"name": "manager", "group": "access"}, {"name": "people_manager", "group": "access"}],
        {"roles": ["Designer"], "access_roles": ["manager"]},
    ),
    "weekly_capacity": (90000, {"weekly_capacity": 90000}),
    "timezone": ("America/New_York", {"timezone": "Eastern Time (US & Canada)"}),
    "remote_data": ({"saml_exempt": True}, {"saml_exempt": True}),
}


@pytest.mark.parametrize("field", UserInput().fields)
def test_every_field_that_can_be_written(field: str) -> None:
    given_value, expected = WRITABLE[field]
    assert harvest_user(UserInput.of({field: given_value}, is_new=False)) == expected


@given(
    st.sampled_from(sorted(set(IANA_NAMES.values()))),
    st.lists(st.sampled_from(["Designer", "Écriture", "運用"]), unique=True),
    st.integers(0, 604800),
    st.booleans(),
)
def test_what_is_written_reads_back_the_same(zone: str, jobs: list[str], capacity: int, is_contractor: bool) -> None:
    wanted = {
        "timezone": zone,
        "roles": [role_of(job, "job") for job in jobs],
        "weekly_capacity": capacity,
        "user_type": "contractor" if is_contractor else "employee",
    }
    sent = harvest_user(UserInput.of(wanted, is_new=False))
    read = shown(unified_user, {"id": 1, **sent})
    assert {name: read[name] for name in wanted} == wanted


def test_a_whole_person_can_be_sent_back_but_for_what_is_harvests_own() -> None:
    unified = shown(unified_user, HARVEST_USER)
    sent = harvest_user(UserInput.of({name: unified[name] for name in WRITABLE if name != "remote_data"}, is_new=True))
    assert sent == {name: HARVEST_USER[name] for name in sent}


def test_a_role_both_ways() -> None:
    sent = {"id": 7, "name": "Designer", "user_ids": [1], "created_at": "2020-01-02T03:04:05Z", "updated_at": None}
    unified = shown(unified_role, sent)
    valid(unified, schema.Role)
    assert (unified["id"], unified["name"], unified["user_ids"]) == ("7", "Designer", ["1"])
    assert harvest_role(RoleInput.of({"name": "Designer", "user_ids": ["1"]}, is_new=True)) == {
        "name": "Designer",
        "user_ids": [1],
    }


def test_an_organization_has_the_id_of_its_account() -> None:
    company = {"name": "Fennel & Finch", "is_active": False, "plan_type": "trial", "base_uri": "https://f.example"}
    unified = shown(unified_organization, company)
    valid(unified, schema.Organization)
    assert (unified["id"], unified["status"], unified["pricing_plan"]) == ("1408215", "inactive", "trial")


def test_a_group_is_a_managers_team() -> None:
    manager = {"id": 4, "first_name": "Bruno", "teammates": [{"id": 5, "first_name": "Carmen", "last_name": "Silva"}]}
    unified = shown(unified_group, manager)
    valid(unified, schema.Group)
    assert (unified["name"], unified["users"]) == ("Team of Bruno", [{"id": "5", "name": "Carmen Silva"}])


def test_a_workspace_is_a_project_or_an_assignment_to_one() -> None:
    project = {"id": 9, "name": "Store", "code": "", "client": {"id": 2, "name": "Acme"}, "is_active": True}
    assigned = {"id": 77, "is_active": True, "project": {"id": 9, "name": "Store"}, "client": {"id": 2, "name": "Acme"}}
    for raw in (project, assigned):
        unified = shown(unified_workspace, raw)
        valid(unified, schema.Workspace)
        assert (unified["id"], unified["code"], unified["client"]) == ("9", None, {"id": "2", "name": "Acme"})


@pytest.mark.parametrize(("weekly", "capacity", "share"), [(126000, 70.0, 0.5), (0, None, None), (None, None, None)])
def test_utilization_is_hours_by_capacity(weekly: int | None, capacity: float | None, share: float | None) -> None:
    """Harvest has a row for each currency; a person's capacity is there once."""
    person = {"user_id": 5, "user_name": "Carmen", "weekly_capacity": weekly}
    rows = [
        {**person, "currency": "EUR", "total_hours": 30.1, "billable_hours": 20.2},
        {**person, "currency": "USD", "total_hours": 4.9, "billable_hours": 0.1},
    ]
    unified = shown(unified_utilization, {"results": rows})
    valid(unified, schema.Utilization)
    assert (unified["total_hours"], unified["billable_hours"]) == (35.0, 20.3)
    assert (unified["capacity_hours"], unified["utilization"]) == (capacity, share)


def test_a_record_without_an_id_is_malformed() -> None:
    with pytest.raises(HarvestMalformed):
        shown(unified_user, {"first_name": "Zoë"})
