"""The console's first page and what it leads to, as a person reads them."""

from __future__ import annotations

import re
from typing import Any, get_args, get_type_hints

import httpx
import pytest

from harvest_bridge.sandbox.faults import Kind
from harvest_bridge.sandbox.switches import Switches
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.sandbox.pages import opened

PAGES = (
    "/",
    "/sandbox/live",
    "/sandbox/people/1408215",
    "/sandbox/people/1408215/4000103",
    "/sandbox/requests",
    "/sandbox/invoices",
    "/timesheet/1408215/4000103",
)
NUMBERS = {name for name, value in Switches.__annotations__.items() if "Literal" not in str(value)}


def test_it_lists_the_accounts_with_mode_and_counts(harvest: RunningSandbox) -> None:
    text = opened(harvest, "/").text
    assert "Fennel & Finch 1408215" in text
    assert "12 people" in text
    assert "Okafor Studio 1530977" in text
    assert "0 running timers" in text
    assert "Fennel & Finch Planning 987321 Forecast" in text


def test_it_says_what_an_account_tracks(harvest: RunningSandbox) -> None:
    pressed = [
        button["value"] for button in opened(harvest, "/").all("button", name="mode", **{"aria-pressed": "true"})
    ]
    assert pressed == ["duration", "timestamp"]


def test_people_come_with_rights_timesheet_and_a_token_that_works(harvest: RunningSandbox) -> None:
    page = opened(harvest, "/")
    assert "Alice Okafor alice@fennelfinch.example Administrator" in page.text
    assert "Bruno Keller bruno@fennelfinch.example Manager, 5 extra rights" in page.text
    assert "Laura Bianchi laura@fennelfinch.example Member archived" in page.text
    timesheet = f"/timesheet/1408215/{harvest.user('carmen').id}"
    assert "Carmen Ruiz" in opened(harvest, page.links()[timesheet]).text
    assert harvest.personal_token("carmen") in [
        button["data-copy"] for button in page.all("button") if "data-copy" in button
    ]
    assert harvest.get("/v2/users/me", "carmen").status_code == 200


def test_it_tells_what_a_client_has_to_know(harvest: RunningSandbox) -> None:
    text = opened(harvest, "/").text
    assert harvest.url in text
    assert harvest.client.client_id in text
    assert harvest.client.client_secret in text


def test_a_running_timer_shows_who_what_and_how_long(harvest: RunningSandbox, track: Any) -> None:
    entry = track(
        "carmen", notes="Wireframes", external_reference={"id": "7", "permalink": "https://github.com/a/b/issues/7"}
    )
    harvest.advance(3725)
    page = opened(harvest, "/")
    project, client, task = entry["project"]["name"], entry["client"]["name"], entry["task"]["name"]
    assert f"{project} ({client}) {task} – Wireframes · github.com" in page.text
    assert re.search(r"Carmen Ruiz Fennel & Finch .* 1:02:0[5-9]", page.text)
    assert "https://github.com/a/b/issues/7" in page.links()
    assert "1 running timer" in page.text


def test_without_timers_it_says_so(harvest: RunningSandbox) -> None:
    assert "No timer runs." in opened(harvest, "/").text


def test_recent_requests_stand_latest_first_with_who_and_status(harvest: RunningSandbox) -> None:
    harvest.get("/v2/users/me", "bruno")
    harvest.get("/v2/projects/1?a=b", "alice")
    harvest.get("/v2/company", headers={"Authorization": "Bearer nonsense"})
    text = opened(harvest, "/").text
    assert text.index("GET /v2/company") < text.index("GET /v2/projects/1 ?a=b") < text.index("GET /v2/users/me")
    assert "GET /v2/company Unknown token 401" in text
    assert "GET /v2/projects/1 ?a=b Alice Okafor 404" in text
    assert "GET /v2/users/me Bruno Keller 200" in text


def test_a_person_is_named_though_the_token_is_dead(harvest: RunningSandbox) -> None:
    token = harvest.token_for("carmen")
    harvest.revoke(token)
    harvest.get("/v2/users/me", headers={"Authorization": f"Bearer {token}"})
    assert "GET /v2/users/me Carmen Ruiz 401" in opened(harvest, "/").text


def test_a_request_that_met_a_fault_says_which(harvest: RunningSandbox) -> None:
    harvest.fault("status", status=503)
    harvest.get("/v2/users/me")
    harvest.fault("reset")
    with pytest.raises(httpx.TransportError):
        harvest.get("/v2/company")
    text = opened(harvest, "/").text
    assert "GET /v2/users/me Alice Okafor 503 status" in text
    assert "GET /v2/company Alice Okafor cut off reset" in text


def test_looking_at_the_sandbox_leaves_no_trace_in_the_journal(harvest: RunningSandbox) -> None:
    invoice = harvest.account.invoices.rows()[0]
    for path in (*PAGES, f"/invoice/1408215/{invoice.id}", f"/client/invoices/{invoice.client_key}"):
        opened(harvest, path)
    assert harvest.requests() == []


def test_every_token_has_a_gauge_for_both_budgets(harvest: RunningSandbox) -> None:
    for _ in range(3):
        harvest.get("/v2/users/me", "alice")
    harvest.get("/v2/reports/uninvoiced?from=2026-01-01&to=2026-02-01", "alice")
    gauges = opened(harvest, "/").all("svg", role="meter")
    assert [(one["aria-label"], one["aria-valuetext"]) for one in gauges] == [
        ("General, Alice Okafor", "3 of 100 requests"),
        ("Reports, Alice Okafor", "1 of 100 requests"),
    ]


def test_a_shared_budget_has_one_gauge(harvest: RunningSandbox) -> None:
    harvest.switch(budget_per="account", requests_per_window=4)
    for who in ("alice", "bruno"):
        harvest.get("/v2/users/me", who)
    page = opened(harvest, "/")
    assert "Fennel & Finch every token of the account" in page.text
    assert page.all("svg", role="meter")[0]["aria-valuetext"] == "2 of 4 requests"


@pytest.mark.parametrize("switch", Switches.__struct_fields__)
def test_every_switch_is_explained_and_stands_as_it_is(harvest: RunningSandbox, switch: str) -> None:
    page = opened(harvest, "/")
    assert page.all("label", **{"for": f"switch-{switch}"})
    assert page.all("p", id=f"about-{switch}")
    control = [*page.all("select", name=switch), *page.all("input", name=switch)]
    assert [one["aria-describedby"] for one in control] == [f"about-{switch}"]
    if switch in NUMBERS:
        assert float(str(control[0]["value"])) == getattr(Switches(), switch)


@pytest.mark.parametrize("switch", sorted(set(Switches.__struct_fields__) - NUMBERS))
def test_every_position_of_a_switch_can_be_chosen(harvest: RunningSandbox, switch: str) -> None:
    page = opened(harvest, "/").html
    chooser = page.partition(f'name="{switch}"')[2].partition("</select>")[0]
    positions = get_args(get_type_hints(Switches)[switch])
    assert re.findall(r'<option value="(\w+)"', chooser) == [str(position) for position in positions]


def test_a_switch_away_from_its_default_says_what_that_was(harvest: RunningSandbox) -> None:
    assert "Default:" not in opened(harvest, "/").text
    harvest.switch(delete_body="empty", window_seconds=1.5)
    text = opened(harvest, "/").text
    assert "Default: The deleted record." in text
    assert "Default: 15." in text
    assert "Back to the defaults (2 changed)" in text


def test_every_kind_of_fault_can_be_ordered(harvest: RunningSandbox) -> None:
    offered = {option["value"] for option in opened(harvest, "/").all("option")}
    assert set(get_args(Kind)) <= offered


def test_ordered_faults_read_as_sentences(harvest: RunningSandbox) -> None:
    harvest.fault("status", method="get", path="/v2/users*", status=503, retry_after=7, times=2)
    harvest.fault("latency", seconds=90, times=None, after=3)
    text = opened(harvest, "/").text
    assert "Answer with a status 503, Retry-After 7 GET /v2/users* · 2 times more" in text
    assert "Answer late 1 min 30 s Any method * · until removed, after 3 requests" in text


def test_the_parts_that_move_are_the_parts_of_the_page(harvest: RunningSandbox) -> None:
    moving = [div["id"] for div in opened(harvest, "/sandbox/live").all("div") if "data-live" in div]
    on_page = [div["id"] for div in opened(harvest, "/").all("div") if "data-live" in div]
    assert sorted(map(str, moving)) == sorted(map(str, on_page))


def test_a_request_can_be_read_in_full_without_its_token(harvest: RunningSandbox, track: Any) -> None:
    token = harvest.token_for("carmen")
    harvest.post("/v2/time_entries?a=1", headers={"Authorization": f"Bearer {token}"}, json={"project_id": 1})
    page = opened(harvest, f"/sandbox/requests/{harvest.requests()[-1].number}")
    assert "POST /v2/time_entries ?a=1" in page.text
    assert '{ "project_id": 1 }' in page.text
    assert "Carmen Ruiz" in page.text
    assert token not in page.html


def test_requests_are_found_by_method_and_path(harvest: RunningSandbox) -> None:
    harvest.get("/v2/users/me")
    harvest.get("/v2/users")
    harvest.post("/v2/users")
    assert opened(harvest, "/sandbox/requests").text.count("/v2/users") == 3
    text = opened(harvest, "/sandbox/requests?method=GET&path=/v2/users*").text
    assert "GET /v2/users/me" in text
    assert "POST /v2/users " not in text
    assert "No request was like this." in opened(harvest, "/sandbox/requests?path=/v2/roles").text


def test_a_large_account_shows_some_people_and_leads_to_all() -> None:
    with running_sandbox(entries=15_000) as harvest:
        people = list(harvest.account.users)
        page = opened(harvest, "/")
        assert f"All {len(people)} people" in page.text
        assert people[-1].email not in page.text
        assert people[-1].email in opened(harvest, page.links()["/sandbox/people/1408215"]).text


def test_a_persons_page_shows_weeks_and_tokens(harvest: RunningSandbox) -> None:
    harvest.token_for("carmen", harvest.account)
    text = opened(harvest, f"/sandbox/people/1408215/{harvest.user('carmen').id}").text
    assert re.search(r"\d+ – \d+ \w+ 20\d\d .* Not submitted", text)
    assert "Approved" in text
    assert "Harvest Bridge Fennel & Finch 1 access token Good for 13 d 23 h" in text


def test_what_people_type_stays_text(harvest: RunningSandbox, track: Any) -> None:
    track("carmen", notes="<script>alert(1)</script>")
    harvest.get("/v2/users?name=<script>alert(2)</script>")
    for path in ("/", "/sandbox/live", "/sandbox/requests"):
        page = opened(harvest, path)
        assert "alert(" in page.text
        assert not any("alert" in str(found) for _, found in page.tags)
        assert [script.get("src") for script in page.all("script")] in ([], ["/sandbox/static/console.js"])


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_inline_script_or_style(harvest: RunningSandbox, path: str) -> None:
    answer = httpx.get(f"{harvest.url}{path}", trust_env=False)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", answer.text)


@pytest.mark.parametrize(
    "path",
    [
        "/sandbox/people/1",
        "/sandbox/people/1408215/1",
        "/sandbox/people/1/4000103",
        "/sandbox/requests/999999",
        "/invoice/1408215/1",
        "/client/invoices/nonsense",
        "/timesheet/1408215/1",
    ],
)
def test_what_does_not_exist_is_a_404_with_a_way_back(harvest: RunningSandbox, path: str) -> None:
    page = opened(harvest, path, status=404)
    assert "There is nothing here" in page.text
    assert "/" in page.links()
