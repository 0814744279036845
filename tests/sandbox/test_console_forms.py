"""What the console's forms do, and what they refuse."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.sandbox.pages import Shown, opened, sent

CARMEN = "/sandbox/people/1408215/4000103"


def week_of(harvest: RunningSandbox, day: date) -> dict[str, object]:
    """The fields of the form that approves Carmen's week."""
    monday = day - timedelta(days=day.weekday())
    return {
        "account_id": harvest.account.id,
        "user_id": harvest.user("carmen").id,
        "from": monday,
        "to": monday + timedelta(days=6),
        "back": CARMEN,
        "at": "weeks",
    }


def test_the_clock_goes_on_and_comes_back(harvest: RunningSandbox) -> None:
    sent(harvest, "clock", advance_seconds=3600)
    sent(harvest, "clock", advance_seconds=86400)
    assert harvest.clock.offset == 90_000
    assert "1 d 1 h ahead" in opened(harvest, "/").text
    sent(harvest, "clock", offset_seconds=0)
    assert harvest.clock.offset == 0


def test_a_done_form_leads_back_to_its_place_and_says_so(harvest: RunningSandbox) -> None:
    answer = sent(harvest, "clock", advance_seconds=60, back="/", at="clock")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?done=clock#clock")
    assert "The clock was moved." in opened(harvest, "/?done=clock").text


def test_a_switch_turned_on_the_page_changes_what_the_api_answers(harvest: RunningSandbox, track: Any) -> None:
    sent(harvest, "switches", delete_body="empty", max_per_page="100")
    assert harvest.delete(f"/v2/time_entries/{track()['id']}", "carmen").content == b""
    assert harvest.get("/v2/users").json()["per_page"] == 100


def test_all_switches_go_back_at_once(harvest: RunningSandbox) -> None:
    harvest.switch(delete_body="empty", window_seconds=1, cors="none")
    sent(harvest, "defaults")
    assert harvest.world.switches == Switches()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("requests_per_window", "0", "General budget: expected a whole number of at least 1."),
        ("requests_per_window", "many", "General budget: expected a whole number, got text."),
        ("window_seconds", "0", "General window: expected a number above 0.0."),
        ("latency_seconds", "nan", "Latency: expected a number of at least 0.0."),
        ("access_token_lifetime_seconds", "9999999999", "Access tokens live: expected a whole number of at most"),
        ("cors", "all", "Pages of other origins: invalid enum value 'all'."),
    ],
)
def test_a_refused_position_is_told_beside_the_form_and_kept_in_it(
    harvest: RunningSandbox, name: str, value: str, message: str
) -> None:
    answer = sent(harvest, "switches", **{name: value, "delete_body": "empty", "at": "switches-limits"})
    page = Shown(answer.text)
    assert answer.status_code == 422
    assert message in page.text
    assert page.all("p", role="alert")
    assert not page.all("input", name=name) or page.all("input", name=name)[0]["value"] == value
    assert harvest.world.switches == Switches()


def test_an_account_changes_what_it_tracks(harvest: RunningSandbox) -> None:
    sent(harvest, "mode", account_id=harvest.account.id, mode="timestamp")
    assert harvest.get("/v2/company").json()["wants_timestamp_timers"] is True
    sent(harvest, "mode", account_id=harvest.account.id, mode="duration")
    assert harvest.get("/v2/company").json()["wants_timestamp_timers"] is False


def test_a_fault_ordered_on_the_page_meets_its_request(harvest: RunningSandbox) -> None:
    sent(
        harvest,
        "fault",
        kind="status",
        method="GET",
        path="/v2/users*",
        times="1",
        after="1",
        status="503",
        retry_after="",
    )
    assert [harvest.get("/v2/users/me").status_code for _ in range(3)] == [200, 503, 200]


def test_a_fault_stays_until_it_is_removed(harvest: RunningSandbox) -> None:
    sent(harvest, "fault", kind="html_error", path="*", times="null", status="502")
    assert [harvest.get("/v2/users/me").status_code for _ in range(3)] == [502, 502, 502]
    sent(harvest, "fault-removed", id=harvest.world.faults.pending()[0].id)
    assert harvest.get("/v2/users/me").status_code == 200


def test_only_the_chosen_fault_is_removed(harvest: RunningSandbox) -> None:
    first, second = harvest.fault("reset", path="/a"), harvest.fault("reset", path="/b")
    sent(harvest, "fault-removed", id=first.id)
    assert harvest.world.faults.pending() == [second]
    assert (
        "There is no such fault any more." in Shown(sent(harvest, "fault-removed", id=first.id, at="faults").text).text
    )
    harvest.fault("reset")
    sent(harvest, "faults-cleared")
    assert harvest.world.faults.pending() == []


def test_a_fault_that_makes_no_sense_is_refused_with_its_fields_kept(harvest: RunningSandbox) -> None:
    answer = sent(harvest, "fault", kind="status", path="/v2/roles", status="700", at="faults")
    page = Shown(answer.text)
    assert answer.status_code == 422
    assert "Status: expected a whole number of at most 599." in page.text
    assert page.all("input", name="path", value="/v2/roles")
    assert page.all("input", name="status", value="700")


def test_an_approved_week_is_locked_until_it_is_reopened(harvest: RunningSandbox, track: Any) -> None:
    entry = track("carmen", hours=1)
    week = week_of(harvest, date.fromisoformat(entry["spent_date"]))
    answer = sent(harvest, "approval", status="approved", **week)
    assert answer.headers["Location"] == f"{CARMEN}?done=approval#weeks"
    assert harvest.patch(f"/v2/time_entries/{entry['id']}", "carmen", json={"notes": "late"}).status_code == 422
    assert harvest.get(f"/v2/time_entries/{entry['id']}", "carmen").json()["is_locked"] is True
    sent(harvest, "approval", status="unsubmitted", **week)
    assert harvest.patch(f"/v2/time_entries/{entry['id']}", "carmen", json={"notes": "late"}).status_code == 200


def test_a_week_with_a_running_timer_is_not_approved(harvest: RunningSandbox, track: Any) -> None:
    entry = track("carmen")
    answer = sent(harvest, "approval", status="approved", **week_of(harvest, date.fromisoformat(entry["spent_date"])))
    page = Shown(answer.text)
    assert answer.status_code == 422
    assert "Carmen Ruiz has a running timer in these days." in page.text
    assert page.all("h2", id="weeks")


def test_expired_tokens_can_be_refreshed_and_revoked_ones_cannot(harvest: RunningSandbox) -> None:
    tokens, email = harvest.tokens_for("carmen"), harvest.user("carmen").email
    sent(harvest, "expired", email=email, back=CARMEN)
    assert asked_with(harvest, tokens["access_token"]) == 401
    fresh = refreshed(harvest, tokens["refresh_token"])
    assert asked_with(harvest, fresh.json()["access_token"]) == 200
    sent(harvest, "revoked", email=email, back=CARMEN)
    assert asked_with(harvest, fresh.json()["access_token"]) == 401
    assert refreshed(harvest, tokens["refresh_token"]).status_code == 400
    assert harvest.get("/v2/users/me", "carmen").status_code == 200


def test_tokens_of_other_people_live_on(harvest: RunningSandbox) -> None:
    tokens = harvest.token_for("bruno")
    sent(harvest, "expired", email=harvest.user("carmen").email)
    sent(harvest, "revoked", email=harvest.user("carmen").email)
    assert asked_with(harvest, tokens) == 200


def test_a_personal_token_can_be_revoked_and_given_back(harvest: RunningSandbox) -> None:
    token = harvest.personal_token("carmen")
    sent(harvest, "revoked", token=token)
    assert asked_with(harvest, token) == 401
    assert "Give it back" in opened(harvest, CARMEN).text
    sent(harvest, "restored", email=harvest.user("carmen").email)
    assert asked_with(harvest, token) == 200


def test_a_reset_leads_back_to_the_seed(harvest: RunningSandbox, track: Any) -> None:
    before = len(harvest.account.time_entries)
    track("carmen")
    harvest.fault("reset", path="/none")
    sent(harvest, "reset")
    assert len(harvest.account.time_entries) == before
    assert harvest.world.faults.pending() == []


def test_the_journal_can_be_emptied(harvest: RunningSandbox) -> None:
    harvest.get("/v2/users/me")
    sent(harvest, "journal-cleared")
    assert "Nothing was asked yet." in opened(harvest, "/").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_pages_of_other_sites_turn_nothing(harvest: RunningSandbox, headers: dict[str, str]) -> None:
    assert sent(harvest, "clock", headers=headers, advance_seconds=60).status_code == 403
    forged = httpx.post(
        f"{harvest.url}/sandbox/api/faults", content='{"kind":"reset"}', headers=headers, trust_env=False
    )
    assert forged.status_code == 403
    assert (harvest.clock.offset, harvest.world.faults.pending()) == (0, [])


def test_the_console_itself_is_recognised_by_its_origin_too(harvest: RunningSandbox) -> None:
    assert sent(harvest, "clock", headers={"Origin": harvest.url}, advance_seconds=60).status_code == 303


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example", "/sandbox/../x?y", ""])
def test_a_form_never_leads_off_the_console(harvest: RunningSandbox, back: str) -> None:
    assert sent(harvest, "clock", advance_seconds=1, back=back).headers["Location"] == "/?done=clock"


def test_an_unknown_form_is_a_404(harvest: RunningSandbox) -> None:
    assert sent(harvest, "nonsense").status_code == 404


def asked_with(harvest: RunningSandbox, token: str) -> int:
    return harvest.get("/v2/users/me", "carmen", headers={"Authorization": f"Bearer {token}"}).status_code


def refreshed(harvest: RunningSandbox, refresh_token: str) -> httpx.Response:
    return httpx.post(
        f"{harvest.url}/api/v2/oauth2/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": harvest.client.client_id,
            "client_secret": harvest.client.client_secret,
        },
        headers={"User-Agent": "Tests"},
        trust_env=False,
    )
