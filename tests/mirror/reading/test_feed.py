"""The feed read page by page: each record once, at its newest, and nothing is ever missed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from rest_framework.test import APIClient

from harvest_bridge.api.errors import InvalidRequest, MissingScope
from harvest_bridge.connections.errors import NoSuchConnection
from harvest_bridge.hosts.models import Scope
from harvest_bridge.hosts.services import NewHostApp, issue_api_key
from harvest_bridge.mirror import services
from harvest_bridge.mirror.errors import NotMirrored, PositionExpired
from harvest_bridge.mirror.models import Mirror, Stream
from harvest_bridge.mirror.reading.changes_page import newest_positions, read_changes
from harvest_bridge.mirror.reading.feed_parameters import feed_question
from harvest_bridge.mirror.record_ids import public_id
from harvest_bridge.mirror.resources import BY_NAME, Resource
from tests.mirror.reading.conftest import Ask
from tests.mirror.reading.filling import TIMES, bury, entry, fill, forget

pytestmark = pytest.mark.django_db


@pytest.fixture
def changes(board: NewHostApp, mirror: Mirror) -> Any:
    def call(token: str = "", account: str = "", **query: Any) -> dict[str, Any]:
        given = {"integrated_account_id": account or str(mirror.connection_id), **query}
        pairs = [(name, str(value)) for name, value in given.items()]
        page = read_changes(feed_question(token or board.api_key, pairs, position="after", takes_wait=True))
        body: dict[str, Any] = msgspec.json.decode(page.body)
        assert page.is_empty is (body["result"] == [])
        assert body["result_count"] == len(body["result"])
        return body

    return call


def told(body: dict[str, Any]) -> list[tuple[str, int]]:
    return [(one["change"], one["id"]) for one in body["result"]]


class Reader:
    """Somebody who knows nothing but the feed."""

    def __init__(self, changes: Any, **query: Any) -> None:
        self._changes, self._query = changes, query
        self.after, self.held = "", dict[tuple[str, int], Any]()

    def read(self, limit: int = 3) -> int:
        """One page. Answers how many changes there were."""
        page = self._changes(after=self.after, limit=limit, **self._query)
        for one in page["result"]:
            key = (one["resource"], one["id"])
            if one["change"] == "deleted":
                self.held.pop(key, None)
            else:
                self.held[key] = one["record"]
        self.after = page["next_cursor"]
        return len(page["result"])


def test_a_change_tells_what_happened_to_which_record(changes: Any, mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1), entry(2))
    fill(mirror, "time_entries", entry(1, hours=2.0), changed="hours,rounded_hours")
    bury(mirror, "time_entries", 2, cause="project_deleted")
    body = changes()
    updated, deleted = body["result"]
    assert updated == {
        "position": 3,
        "resource": "time_entries",
        "id": 1,
        "change": "updated",
        "changed": ["hours", "rounded_hours"],
        "changed_at": "2026-11-24T09:00:00.500000Z",
        "deleted_at": None,
        "deleted_cause": None,
        "record": entry(1, hours=2.0),
    }
    assert (deleted["change"], deleted["deleted_cause"], deleted["record"]) == ("deleted", "project_deleted", None)
    assert (body["newest_position"], body["as_of"]) == (4, "2026-11-24T09:00:00.500000Z")
    assert {one["state"] for one in body["streams"]} == {"complete"}


def test_a_reader_of_small_pages_ends_with_what_the_mirror_holds(changes: Any, mirror: Mirror) -> None:
    """Rows move to the end, come and go between any two pages."""
    reader = Reader(changes)
    fill(mirror, "time_entries", *(entry(n) for n in range(1, 8)))
    reader.read()
    fill(mirror, "time_entries", entry(1, notes="again"), entry(6, notes="again"), changed="notes")
    bury(mirror, "time_entries", 2, 5)
    reader.read()
    fill(mirror, "tasks", {"id": 1, **TIMES})
    fill(mirror, "time_entries", entry(2, notes="back"))
    while reader.read():
        pass
    assert {number for kind, number in reader.held if kind == "time_entries"} == {1, 2, 3, 4, 6, 7}
    assert reader.held["time_entries", 1]["notes"] == reader.held["time_entries", 6]["notes"] == "again"
    assert reader.held["time_entries", 2]["notes"] == "back"
    assert ("tasks", 1) in reader.held


def test_a_reader_of_some_resources_moves_on_past_the_others(changes: Any, mirror: Mirror) -> None:
    fill(mirror, "tasks", {"id": 1, **TIMES})
    fill(mirror, "time_entries", *(entry(n) for n in range(1, 6)))
    body = changes(resources="tasks,clients")
    assert told(body) == [("created", 1)]
    assert body["next_cursor"].partition(".")[0] == "6"
    assert {one["resource"] for one in body["streams"]} == {"clients", "tasks"}
    assert changes(resources="tasks", after=body["next_cursor"])["result"] == []


def test_a_position_whose_tombstones_are_forgotten_is_a_410_that_leads_to_the_snapshot(
    changes: Any, mirror: Mirror, ask: Ask
) -> None:
    fill(mirror, "time_entries", *(entry(n) for n in range(1, 5)))
    old = changes(limit=2)["next_cursor"]
    bury(mirror, "time_entries", 4)
    forget(mirror)
    for after in (old, "2"):
        with pytest.raises(PositionExpired) as expired:
            changes(after=after)
    assert expired.value.status == 410
    path = expired.value.extra["snapshot"].removeprefix("/mirror/").partition("?")[0]
    snapshot = ask(path).json()
    assert [one["id"] for one in snapshot["result"]] == [1, 2, 3]
    assert changes(after=snapshot["position"])["result"] == []


def test_a_reader_that_begins_afterwards_walks_past_what_is_forgotten(changes: Any, mirror: Mirror) -> None:
    fill(mirror, "time_entries", *(entry(n) for n in range(1, 8)))
    bury(mirror, "time_entries", 7)
    forget(mirror)
    reader = Reader(changes)
    while reader.read(limit=2):
        pass
    assert len(reader.held) == 6


def test_a_position_of_an_earlier_copy_is_expired_however_far_the_new_one_is(changes: Any, mirror: Mirror) -> None:
    fill(mirror, "time_entries", *(entry(n) for n in range(1, 5)))
    _, _, rest = changes()["next_cursor"].partition(".")
    with pytest.raises(PositionExpired):
        changes(after=f"2.{mirror.pk + 1}.0")
    with pytest.raises(PositionExpired):
        changes(after="99")
    assert rest == f"{mirror.pk}.0"


@pytest.mark.parametrize(
    "query",
    [
        {"after": "x"},
        {"after": "-1"},
        {"wait": "61"},
        {"limit": "0"},
        {"limit": "2001"},
        {"resources": "time_entrys"},
        {"since": "1"},
    ],
)
def test_what_cannot_be_applied_is_a_400_that_names_it(changes: Any, query: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        changes(**query)
    assert next(iter(query)) in refused.value.message


def test_only_the_host_app_itself_reads_it_and_only_with_the_scope(
    changes: Any, stranger: NewHostApp, board: NewHostApp
) -> None:
    with pytest.raises(NoSuchConnection):
        changes(token=stranger.api_key)
    _, weak = issue_api_key(host_app=board.host_app, scopes=[Scope.DIRECTORY])
    with pytest.raises(MissingScope):
        changes(token=weak)


def test_a_resource_that_is_left_out_of_the_mirror_is_told(changes: Any, mirror: Mirror) -> None:
    Stream.objects.filter(mirror=mirror, resource="roles").delete()
    with pytest.raises(NotMirrored):
        changes(resources="roles")


def test_a_snapshot_and_the_changes_after_it_are_everything(changes: Any, mirror: Mirror, ask: Ask) -> None:
    """Changed in the middle of its walk: what moved beyond the position comes with the changes."""
    fill(mirror, "time_entries", *(entry(n) for n in range(1, 8)))
    bury(mirror, "time_entries", 3)
    page = ask("snapshot", limit=2).json()
    held = {one["id"]: one["record"] for one in page["result"]}
    fill(mirror, "time_entries", entry(7, notes="moved"), entry(8), changed="notes")
    bury(mirror, "time_entries", 1, 6)
    while page["next_cursor"]:
        page = ask("snapshot", limit=2, next_cursor=page["next_cursor"]).json()
        held |= {one["id"]: one["record"] for one in page["result"]}
    path, _, query = page["changes"].partition("?")
    assert (path, f"integrated_account_id={mirror.connection_id}" in query) == ("/mirror/changes", True)
    for one in changes(after=page["position"])["result"]:
        if one["change"] == "deleted":
            held.pop(one["id"], None)
        else:
            held[one["id"]] = one["record"]
    assert set(held) == {2, 4, 5, 7, 8}
    assert held[7]["notes"] == "moved"


def test_who_waits_is_told_of_new_positions(mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1), entry(2))
    assert newest_positions([mirror.connection_id]) == {mirror.connection_id: 2}


CHILDREN = [row for row in BY_NAME.values() if row.parent]


@pytest.mark.parametrize("resource", CHILDREN, ids=lambda row: row.name)
def test_whose_a_child_is_stands_beside_its_record(
    changes: Any, mirror: Mirror, ask: Ask, api: APIClient, resource: Resource
) -> None:
    """In the feed, the snapshot and RPDE alike, of tombstones too; the record stays as Harvest sent it."""
    kept, gone = fill(mirror, resource.name, {"id": 40}, {"id": 41}, parent_id=21)
    snapshot = ask("snapshot", resources=resource.name).json()["result"]
    assert [one[resource.parent_field] for one in snapshot] == [21, 21]
    bury(mirror, resource.name, gone.harvest_id)
    told = changes(resources=resource.name)["result"]
    assert [(one[resource.parent_field], one["record"]) for one in told] == [(21, {"id": 40}), (21, None)]
    items = api.get(f"/mirror/rpde/{mirror.connection_id}/{resource.name}").json()["items"]
    assert [(one[resource.parent_field], one.get("data")) for one in items] == [(21, {"id": 40}), (21, None)]
    assert (
        [one["id"] for one in items]
        == [one["id"] for one in told]
        == [public_id(resource, row.harvest_id, 21) for row in (kept, gone)]
    )


def test_one_person_in_two_teams_is_two_records_with_ids_that_javascript_can_hold(changes: Any, mirror: Mirror) -> None:
    for manager in (5_000_101, 5_000_102):
        fill(mirror, "teammates", {"id": 5_000_200}, parent_id=manager)
    assert [one["id"] for one in changes()["result"]] == ["5000101-5000200", "5000102-5000200"]


def test_people_whose_ids_take_more_than_31_bits_keep_them(changes: Any, ask: Ask, mirror: Mirror) -> None:
    longest = 2**63 - 1
    for manager, teammate in ((11, 3_000_000_049), (3_000_000_050, 12), (longest, longest - 1)):
        fill(mirror, "teammates", {"id": teammate}, parent_id=manager)
    told = [one["id"] for one in changes()["result"]]
    assert told == ["11-3000000049", "3000000050-12", f"{longest}-{longest - 1}"]
    assert [ask(f"teammates/{one}").json()["id"] for one in told] == [3_000_000_049, 12, longest - 1]


def test_who_has_read_everything_begins_anew_too_when_the_copy_does(changes: Any, mirror: Mirror) -> None:
    fill(mirror, "time_entries", entry(1), entry(2))
    newest = changes()["next_cursor"]
    services.begin_anew(mirror)
    for after in (newest, "2"):
        with pytest.raises(PositionExpired):
            changes(after=after)
    assert [one["id"] for one in changes(after="0")["result"]] == [1, 2]
    assert changes(after=changes(after="0")["next_cursor"])["result"] == []
