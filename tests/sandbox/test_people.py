"""Users, rates, teammates, roles, REFERENCE §8.2 to §8.6."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

JOHN = {"first_name": "John", "last_name": "Smith", "email": "john.smith@example.com"}


def create(harvest: RunningSandbox, **fields: Any) -> dict[str, Any]:
    answer = harvest.post("/v2/users", json={**JOHN, **fields})
    assert answer.status_code == 201, answer.text
    user: dict[str, Any] = answer.json()
    return user


def test_a_new_person_gets_defaults_an_invitation_and_a_location(harvest: RunningSandbox) -> None:
    answer = harvest.post("/v2/users", json=JOHN)
    user = answer.json()
    assert answer.headers["location"] == f"{harvest.url}/api/v2/users/{user['id']}"
    assert (user["telephone"], user["timezone"], user["weekly_capacity"]) == ("", "Eastern Time (US & Canada)", 126000)
    assert (user["default_hourly_rate"], user["cost_rate"]) == (None, None)
    assert (user["roles"], user["access_roles"], user["is_active"]) == ([], ["member"], True)
    assert [mail.to for mail in harvest.world.outbox] == [JOHN["email"]]


def test_a_new_person_can_sign_in(harvest: RunningSandbox) -> None:
    user = create(harvest)
    bearer = {"Authorization": f"Bearer {harvest.personal_token('john')}"}
    assert harvest.get("/v2/users/me", headers=bearer).json()["id"] == user["id"]


def test_what_is_missing_is_listed(harvest: RunningSandbox) -> None:
    answer = harvest.post("/v2/users", json={"first_name": "Johann"})
    assert answer.json() == {"message": "Last name can't be blank, Email can't be blank"}


def test_a_taken_address_is_named(harvest: RunningSandbox) -> None:
    answer = harvest.post("/v2/users", json={**JOHN, "email": "Carmen@fennelfinch.example"})
    assert answer.status_code == 422
    assert "Carmen@fennelfinch.example" in answer.json()["message"]


@pytest.mark.parametrize(
    ("roles", "status"),
    [
        (["manager", "project_creator"], 200),
        (["administrator"], 200),
        (["member", "project_creator"], 422),
        (["project_creator"], 422),
        (["manager", "member"], 422),
        (["manager", "pope"], 422),
    ],
)
def test_access_roles_are_one_base_role_and_extras_for_managers(
    harvest: RunningSandbox, roles: list[str], status: int
) -> None:
    path = f"/v2/users/{create(harvest)['id']}"
    assert harvest.patch(path, json={"access_roles": roles}).status_code == status


def test_labels_are_roles_seen_from_the_person(harvest: RunningSandbox) -> None:
    user = create(harvest, roles=["Design", "Juggling"])
    assert user["roles"] == ["Design", "Juggling"]
    roles = {role["name"]: role["user_ids"] for role in harvest.get("/v2/roles").json()["roles"]}
    assert user["id"] in roles["Design"]
    assert roles["Juggling"] == [user["id"]]


def test_rates_given_with_a_person_are_the_first_rates(harvest: RunningSandbox) -> None:
    user = create(harvest, default_hourly_rate=120.5, cost_rate="60")
    assert (user["default_hourly_rate"], user["cost_rate"]) == (120.5, 60.0)
    rates = harvest.get(f"/v2/users/{user['id']}/billable_rates").json()["billable_rates"]
    assert [(one["amount"], one["start_date"], one["end_date"]) for one in rates] == [(120.5, None, None)]


def test_only_who_tracked_nothing_can_be_deleted(harvest: RunningSandbox) -> None:
    user = create(harvest)
    assert harvest.delete(f"/v2/users/{user['id']}").json()["id"] == user["id"]
    assert harvest.get(f"/v2/users/{user['id']}").status_code == 404
    assert harvest.delete(f"/v2/users/{harvest.user('carmen').id}").status_code == 422


def test_names_and_mail_are_fixed_while_archived(harvest: RunningSandbox) -> None:
    path = f"/v2/users/{harvest.user('laura').id}"
    assert harvest.patch(path, json={"first_name": "Lara"}).status_code == 422
    assert harvest.patch(path, json={"first_name": "Lara", "is_active": True}).json()["first_name"] == "Lara"


def test_nobody_is_archived_while_a_timer_runs(harvest: RunningSandbox, track: Any) -> None:
    entry = track()
    path = f"/v2/users/{harvest.user('carmen').id}"
    assert harvest.patch(path, json={"is_active": False}).status_code == 422
    harvest.patch(f"/v2/time_entries/{entry['id']}/stop", "carmen")
    assert harvest.patch(path, json={"is_active": False}).json()["is_active"] is False


def test_an_unknown_time_zone_is_refused(harvest: RunningSandbox) -> None:
    assert harvest.post("/v2/users", json={**JOHN, "timezone": "Europe/Berlin"}).status_code == 422
    assert create(harvest, timezone="Berlin")["timezone"] == "Berlin"


@pytest.mark.parametrize("kind", ["billable_rates", "cost_rates"])
def test_a_rate_ends_where_the_next_begins(harvest: RunningSandbox, kind: str) -> None:
    path = f"/v2/users/{create(harvest)['id']}/{kind}"
    for amount, start in ((8.25, "2019-01-01"), (9.5, "2019-06-01"), (15, "2020-05-01")):
        assert harvest.post(path, json={"amount": amount, "start_date": start}).status_code == 201
    rates = harvest.get(path).json()[kind]
    assert [(one["amount"], one["end_date"]) for one in rates] == [
        (8.25, "2019-05-31"),
        (9.5, "2020-04-30"),
        (15.0, None),
    ]
    one = harvest.get(f"{path}/{rates[1]['id']}").json()
    assert one == rates[1]
    earlier = harvest.post(path, json={"amount": 7, "start_date": "2019-03-01"}).json()
    assert [one["amount"] for one in harvest.get(path).json()[kind]] == [8.25, 7.0]
    assert earlier["end_date"] is None
    harvest.post(path, json={"amount": 20})
    assert [one["amount"] for one in harvest.get(path).json()[kind]] == [20.0]


def test_a_rate_cannot_begin_in_the_future(harvest: RunningSandbox) -> None:
    path = f"/v2/users/{create(harvest)['id']}/cost_rates"
    assert harvest.post(path, json={"amount": 1, "start_date": "2099-01-01"}).status_code == 422
    assert harvest.post(path, json={"start_date": "2020-01-01"}).status_code == 422


def test_entries_are_priced_by_the_rate_of_their_day(harvest: RunningSandbox, track: Any) -> None:
    carmen = harvest.user("carmen")
    harvest.post(f"/v2/users/{carmen.id}/cost_rates", json={"amount": 99, "start_date": "2026-06-01"})
    before = harvest.add_entry("carmen", spent_date=harvest.now().date().replace(month=5, day=1))
    after = harvest.add_entry("carmen", spent_date=harvest.now().date())
    costs = [harvest.get(f"/v2/time_entries/{one.id}").json()["cost_rate"] for one in (before, after)]
    assert costs == [58.0, 99.0]


def test_teammates_are_a_complete_list_and_bring_a_right(harvest: RunningSandbox) -> None:
    manager = create(harvest, access_roles=["manager"])
    path = f"/v2/users/{manager['id']}/teammates"
    ids = [harvest.user("carmen").id, harvest.user("dev").id]
    answer = harvest.patch(path, json={"teammate_ids": ids})
    assert list(answer.json()) == ["teammates"]
    assert list(answer.json()["teammates"][0]) == ["id", "first_name", "last_name", "email"]
    assert harvest.get(f"/v2/users/{manager['id']}").json()["access_roles"] == ["manager", "people_manager"]
    assert {one["id"] for one in harvest.get(path).json()["teammates"]} == set(ids)
    harvest.patch(path, json={"teammate_ids": []})
    assert harvest.get(f"/v2/users/{manager['id']}").json()["access_roles"] == ["manager"]


def test_only_a_manager_has_teammates(harvest: RunningSandbox) -> None:
    path = f"/v2/users/{harvest.user('carmen').id}/teammates"
    assert harvest.patch(path, json={"teammate_ids": []}).status_code == 422
    assert harvest.get(path).status_code == 422


def test_a_role_overwrites_its_people_and_unlinks_them_when_deleted(harvest: RunningSandbox) -> None:
    carmen, dev = harvest.user("carmen").id, harvest.user("dev").id
    role = harvest.post("/v2/roles", json={"name": "Jury", "user_ids": [carmen]}).json()
    path = f"/v2/roles/{role['id']}"
    assert harvest.patch(path, json={"user_ids": [dev]}).json()["user_ids"] == [dev]
    assert harvest.patch(path, json={"name": "Panel"}).json()["user_ids"] == [dev]
    harvest.delete(path)
    assert "Panel" not in harvest.get(f"/v2/users/{dev}").json()["roles"]
    assert harvest.post("/v2/roles", json={"name": "x", "user_ids": [1]}).status_code == 422


def test_the_company_takes_two_settings_only(harvest: RunningSandbox) -> None:
    body = {"wants_timestamp_timers": True, "weekly_capacity": 144000, "name": "Ignored"}
    company = harvest.patch("/v2/company", json=body).json()
    assert (company["wants_timestamp_timers"], company["weekly_capacity"]) == (True, 144000)
    assert company["name"] == "Fennel & Finch"
    assert not {"id", "timezone", "created_at"} & set(company)
