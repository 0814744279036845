"""GET /mirror/{resource}: Harvest's records from our copy, byte for byte, with Harvest's filters and ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror.models import Mirror, Record, Stream, StreamState
from harvest_bridge.mirror.reading.filters import FILTERS
from harvest_bridge.mirror.reading.sorting import sortings_of
from harvest_bridge.mirror.record_ids import public_id
from harvest_bridge.mirror.resources import BY_NAME, Resource
from harvest_bridge.proxy.resources import RESOURCES as PROXIED
from tests.mirror.reading.conftest import Ask, connected
from tests.mirror.reading.filling import TIMES, bury, entry, fill, mirrored
from tests.people import rest

pytestmark = pytest.mark.django_db


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["result"]]


def test_records_come_byte_for_byte(ask: Ask, mirror: Mirror) -> None:
    raw = '{"id":1,"spent_date":"2026-11-02","hours":1.0,"odd":1e3,"notes":"\\u00e4 \\/ ü"}'
    fill(mirror, "time_entries", raw)
    body = ask("time_entries").content.decode()
    assert f'"result":[{raw}]' in body


def test_every_answer_says_how_fresh_and_how_whole_it_is(ask: Ask, mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1))
    listed, one = ask("time_entries").json(), ask("time_entries/1").json()
    assert listed["as_of"] == one["as_of"] == "2026-11-24T09:00:00.500000Z"
    assert listed["stream"]["state"] == one["stream"]["state"] == "complete"
    assert {name: one[name] for name in entry(1)} == entry(1)


@pytest.mark.parametrize("state", [state for state in StreamState.values if state != "complete"])
def test_an_empty_list_says_why_it_is_empty(ask: Ask, mirror: Mirror, state: str) -> None:
    given = {"state": state, "reason": "rights", "detail": "Bruno is no administrator.", "needs": "administrator"}
    Stream.objects.filter(mirror=mirror, resource="invoices").update(**given, as_of=None)
    body = ask("invoices").json()
    assert (body["result"], body["as_of"]) == ([], None)
    assert given.items() <= body["stream"].items()


FILTERED = [
    ("user_id=8", [2]),
    ("client_id=4", [2]),
    ("project_id=6", [2]),
    ("task_id=10", [2]),
    ("is_billed=true", [2]),
    ("is_running=true", [2]),
    ("is_running=false", [3, 1]),
    ("approval_status=approved", [2]),
    ("external_reference_id=ticket-7", [2]),
    ("from=2026-11-03", [3, 2]),
    ("to=2026-11-03", [2, 1]),
    ("from=2026-11-03&to=2026-11-03", [2]),
    ("updated_since=2026-11-24T10:00:00Z", [2]),
    ("updated_since=2026-11-24T10:00:00.9Z", [2]),
    ("updated_since=2026-11-24T10:00:01Z", []),
    ("user_id=8&project_id=5", []),
]


@pytest.fixture
def three(mirror: Mirror) -> Mirror:
    other = {
        "spent_date": "2026-11-03",
        "updated_at": "2026-11-24T10:00:01Z",
        "user": {"id": 8, "name": "Dev"},
        "client": {"id": 4, "name": "B"},
        "project": {"id": 6, "name": "P"},
        "task": {"id": 10, "name": "T"},
        "is_billed": True,
        "is_running": True,
        "approval_status": "approved",
        "external_reference": {"id": "ticket-7", "group_id": None},
    }
    fill(mirror, "time_entries", entry(1), entry(2, **other), entry(3, spent_date="2026-11-04"))
    return mirror


@pytest.mark.parametrize(("query", "found"), FILTERED)
def test_time_entries_are_narrowed_as_harvest_narrows_them(
    ask: Ask, three: Mirror, query: str, found: list[int]
) -> None:
    assert ids(ask("time_entries", **dict(pair.split("=") for pair in query.split("&")))) == found


@pytest.mark.parametrize(
    ("resource", "records", "query", "found"),
    [
        ("projects", [{"id": 1, "is_active": True}, {"id": 2, "is_active": False}], {"is_active": "false"}, [2]),
        ("clients", [{"id": 1, "is_active": True}, {"id": 2, "is_active": False}], {"is_active": "true"}, [1]),
        ("contacts", [{"id": 1, "client": {"id": 3}}, {"id": 2, "client": {"id": 4}}], {"client_id": 4}, [2]),
        (
            "invoices",
            [
                {"id": 1, "state": "open", "line_items": [{"project": None}, {"project": {"id": 5}}]},
                {"id": 2, "state": "paid", "line_items": [{"project": {"id": 6}}]},
                {"id": 3, "state": "paid", "line_items": []},
            ],
            {"project_id": 5},
            [1],
        ),
        ("invoices", [{"id": 1, "state": "open"}, {"id": 2, "state": "paid"}], {"state": "paid"}, [2]),
        ("estimates", [{"id": 1, "state": "sent"}, {"id": 2, "state": "draft"}], {"state": "draft"}, [2]),
    ],
)
def test_other_resources_have_filters_of_their_own(
    ask: Ask, mirror: Mirror, resource: str, records: list[dict[str, Any]], query: dict[str, Any], found: list[int]
) -> None:
    fill(mirror, resource, *(TIMES | {"issue_date": "2026-11-01"} | record for record in records))
    assert ids(ask(resource, **query)) == found


def test_children_are_found_by_what_they_belong_to(ask: Ask, mirror: Mirror) -> None:
    fill(mirror, "invoice_payments", {"id": 1, "amount": 10.0, **TIMES}, parent_id=77)
    fill(mirror, "invoice_payments", {"id": 2, "amount": 20.0, **TIMES}, parent_id=78)
    assert ids(ask("invoice_payments", invoice_id=78)) == [2]


def test_every_filter_that_harvest_has_is_taken() -> None:
    """The table of /proxy, which is Harvest's; what is a path there is a filter here."""
    for resource in PROXIED:
        if resource.name in FILTERS:
            assert set(resource.filters) <= set(FILTERS[resource.name]), resource.name


@pytest.mark.parametrize(
    ("resource", "name"),
    [("time_entries", "spend_date"), ("company", "updated_since"), ("tasks", "user_id"), ("clients", "include[x]")],
)
def test_an_unknown_filter_is_a_400_that_names_it(ask: Ask, mirror: Mirror, resource: str, name: str) -> None:
    answer = ask(resource, **{name: "1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert name.partition("[")[0] in answer.json()["message"]


@pytest.mark.parametrize(
    "query",
    [
        {"user_id": "x"},
        {"from": "2026-13-01"},
        {"from": "2026-03-01", "to": "2026-02-28"},
        {"from": "20260301", "to": "2026-02-28"},
        {"is_billed": "maybe"},
        {"approval_status": "lost"},
        {"updated_since": "yesterday"},
        {"deleted": "perhaps"},
        {"sort": "hours"},
        {"limit": "0"},
        {"max_age": "soon"},
        {"next_cursor": "made-up"},
    ],
)
def test_a_wrong_value_is_a_400_that_names_the_parameter(ask: Ask, mirror: Mirror, query: dict[str, str]) -> None:
    answer = ask("time_entries", **query)
    assert answer.status_code == 400
    assert next(iter(query)) in answer.json()["message"]


def test_tombstones_are_shown_on_request_and_say_what_they_are(ask: Ask, mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1), entry(2))
    bury(mirror, "time_entries", 2, cause="project_deleted")
    assert ids(ask("time_entries")) == [1]
    assert ids(ask("time_entries", deleted="include")) == [2, 1]
    [gone] = ask("time_entries", deleted="only").json()["result"]
    assert (gone["deleted_at"], gone["deleted_cause"]) == ("2026-11-24T09:00:00.500000Z", "project_deleted")
    answer = ask("time_entries/2")
    assert (answer.status_code, answer.json()["code"], answer.json()["deleted_cause"]) == (
        410,
        "record_deleted",
        "project_deleted",
    )
    assert ask("time_entries/2", deleted="include").json()["deleted_cause"] == "project_deleted"


def test_a_record_that_is_not_there_is_a_404_that_says_what_the_stream_is_worth(ask: Ask, mirror: Mirror) -> None:
    Stream.objects.filter(mirror=mirror, resource="time_entries").update(state="partial", reason="loading")
    for wanted in ("77", "x", "9" * 30):
        answer = ask(f"time_entries/{wanted}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.json()["stream"]["reason"] == "loading"


@pytest.mark.parametrize("resource", ["time_entries", "estimates", "roles"])
def test_every_order_leads_through_all_pages_and_back(ask: Ask, mirror: Mirror, resource: str) -> None:
    """With equal keys in every order, some of them without a day, and pages of two."""
    day = BY_NAME[resource].day_field
    records = [TIMES | {"id": n, "updated_at": f"2026-11-24T09:00:0{n % 3}Z"} for n in range(1, 8)]
    if day:
        records = [one | {day: f"2026-11-0{1 + one['id'] % 3}"} for one in records]
    if resource == "estimates":
        records[0][day] = records[1][day] = None
    fill(mirror, resource, *records)
    for sort in sortings_of(BY_NAME[resource]):
        whole = ids(ask(resource, sort=sort))
        assert sorted(whole) == list(range(1, 8)), sort
        pages, page = [], ask(resource, sort=sort, limit=2).json()
        while True:
            pages.append(page)
            if page["next_cursor"] is None:
                break
            page = ask(resource, sort=sort, limit=2, next_cursor=page["next_cursor"]).json()
        walked = [[one["id"] for one in page["result"]] for page in pages]
        assert [one for page in walked for one in page] == whole, sort
        assert pages[0]["prev_cursor"] is None
        back = ask(resource, sort=sort, limit=2, next_cursor=pages[-1]["prev_cursor"]).json()
        assert [one["id"] for one in back["result"]] == walked[-2], sort


def test_a_cursor_is_good_for_its_own_list_alone(ask: Ask, mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1), entry(2), entry(3))
    cursor = ask("time_entries", limit=1).json()["next_cursor"]
    for other in ({"user_id": 7}, {"sort": "id"}, {"deleted": "include"}):
        assert ask("time_entries", limit=1, next_cursor=cursor, **other).status_code == 400
    assert ask("expenses", limit=1, next_cursor=cursor).status_code == 400


def test_default_orders_are_harvests(ask: Ask, mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1, spent_date="2026-11-05"), entry(2), entry(3))
    assert ids(ask("time_entries")) == [1, 3, 2]
    fill(mirror, "tasks", *({"id": n, **TIMES} for n in (1, 2)))
    assert ids(ask("tasks")) == [2, 1]
    fill(mirror, "roles", *({"id": n, **TIMES} for n in (1, 2)))
    assert ids(ask("roles")) == [2, 1]


def test_a_page_costs_the_same_queries_however_many_rows_it_has(ask: Ask, mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1))
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(database) as few:
            ask("time_entries", limit=50)
        counts.append(len(few))
        fill(mirror, "time_entries", *(entry(n) for n in range(2, 40)))
    assert counts[-1] <= counts[0]
    assert counts[-1] <= 8


def test_an_account_that_is_not_mirrored_says_how_to_begin(api: Any, linked_account: Any, ask: Ask) -> None:
    answer = ask("time_entries")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_mirrored")


def test_an_unknown_resource_is_a_404_that_lists_what_there_is(ask: Ask, mirror: Mirror) -> None:
    answer = ask("time_entrys")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_resource")
    assert "time_entries" in answer.json()["message"]


def test_nobody_reads_the_mirror_of_another_host_app_or_customer(
    board: NewHostApp, stranger: NewHostApp, mirror: Mirror
) -> None:
    fill(mirror, "time_entries", entry(1))
    others = connected(board, tenant_id="other", account_id=99)
    fill(mirrored(others), "time_entries", entry(2))
    paths = ("time_entries", "time_entries/1", "snapshot")
    for path in paths:
        answer = rest(stranger.api_key).get(f"/mirror/{path}", {"integrated_account_id": str(mirror.connection_id)})
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_connection")
        answer = rest(stranger.api_key).get(f"/mirror/rpde/{mirror.connection_id}")
        assert answer.status_code == 404
    mine = rest(board.api_key).get("/mirror/time_entries", {"integrated_account_id": str(others.pk)}).json()
    assert json.dumps(mine["result"]).count('"id": 2,') == 1
    assert '"id": 1,' not in json.dumps(mine["result"])


CHILDREN = [row for row in BY_NAME.values() if row.parent]


@pytest.mark.parametrize("resource", CHILDREN, ids=lambda row: row.name)
def test_whose_a_child_is_stands_behind_its_own_fields(ask: Ask, mirror: Mirror, resource: Resource) -> None:
    raw = '{"id":40,"amount":1.50}'
    [record] = fill(mirror, resource.name, raw, parent_id=21)
    listed = ask(resource.name)
    assert f'"result":[{raw[:-1]},"{resource.parent_field}":21}}]' in listed.content.decode()
    one = ask(f"{resource.name}/{public_id(resource, record.harvest_id, 21)}").json()
    assert (one["id"], one[resource.parent_field]) == (40, 21)
    bury(mirror, resource.name, record.harvest_id)
    [gone] = ask(resource.name, deleted="only").json()["result"]
    assert (gone[resource.parent_field], gone["deleted_cause"]) == (21, "deleted")


@pytest.mark.parametrize("text", ["20", "21-", "21-40-1", "9223372036854775808-40", "9" * 20, "٢١-40"])
def test_what_is_no_id_of_a_teammate_is_a_404(ask: Ask, mirror: Mirror, text: str) -> None:
    fill(mirror, "teammates", {"id": 40}, parent_id=21)
    assert ask(f"teammates/{text}").status_code == 404


@pytest.mark.parametrize("word", ["updated_at", "-updated_at"])
def test_the_newest_updates_are_read_from_an_index_and_nothing_is_sorted(mirror: Mirror, word: str) -> None:
    stream = Stream.objects.get(mirror=mirror, resource="time_entries")
    live = Record.objects.filter(stream=stream, deleted_at=None, updated_at__gt=timezone.now())
    with database.cursor() as cursor:
        for way in ("enable_seqscan", "enable_sort", "enable_bitmapscan") * (database.vendor == "postgresql"):
            cursor.execute(f"SET LOCAL {way} = off")  # a table of a few rows is no reason to use an index
    plan = sortings_of(BY_NAME["time_entries"])[word].ordered(live)[:100].explain()
    assert "records_by_update" in plan
    assert "Sort" not in plan
    assert "B-TREE" not in plan
