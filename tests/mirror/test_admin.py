"""Mirrors in the admin: how complete and how fresh they are, their passes, and what an operator may do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.console.audit.models import AuditEntry
from harvest_bridge.mirror import claims
from harvest_bridge.mirror.models import Kind, Mirror, Record, Run, Stream, StreamState
from harvest_bridge.mirror.progress import progress_of
from tests.console.operators import signed_in, staff, superuser

from .syncing import Syncing

pytestmark = pytest.mark.django_db
PAGES = "/admin/mirror/mirror/"


@pytest.fixture
def operator() -> Client:
    return signed_in(superuser())


@pytest.fixture
def sandboxed(alices: Connection) -> Syncing:
    """For pages that ask Harvest."""
    found = Syncing(alices, resources=["clients", "contacts"])
    found.work()
    return found


def text(client: Client, path: str, **fields: str) -> str:
    answer = client.post(path, fields, follow=True) if fields else client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def page_of(mirror: Mirror) -> str:
    return f"{PAGES}{mirror.pk}/change/"


def test_a_mirror_s_page_says_of_each_list_how_complete_and_how_fresh_it_is(operator: Client, syncing: Syncing) -> None:
    page = text(operator, page_of(syncing.mirror))
    for stream in syncing.mirror.streams.all():
        assert f'data-resource="{stream.resource}"' in page
    count = len(syncing.held("clients"))
    assert f"{count:,} of {count:,}" in page
    assert 'aria-valuenow="100"' in page
    assert "Late" not in page


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (StreamState.FORBIDDEN, "rights", "Forbidden to the linker"),
        (StreamState.OFF, "feature_off", "Off in Harvest"),
        (StreamState.FAILING, "harvest_unavailable", "Failing"),
        (StreamState.PARTIAL, "loading", "Loading for the first time"),
        (StreamState.PARTIAL, "rights", "Partial: the linker does not see all"),
    ],
)
def test_a_list_that_is_not_whole_says_why_and_what_would_help(
    operator: Client, syncing: Syncing, state: StreamState, reason: str, words: str
) -> None:
    Stream.objects.filter(resource="invoices").update(
        state=state,
        reason=reason,
        detail="A sentence for people.",
        needs="administrator",
        next_try_at=timezone.now() + timedelta(hours=1, minutes=1),
    )
    page = text(operator, page_of(syncing.mirror))
    for said in (words, "A sentence for people.", "Would open it: administrator", "an hour from now"):
        assert said in page


def test_a_list_that_nobody_reads_any_more_is_shown_as_late(operator: Client, syncing: Syncing) -> None:
    Stream.objects.filter(resource="clients").update(as_of=timezone.now() - timedelta(hours=3))
    page = text(operator, page_of(syncing.mirror))
    assert page.count(">Late<") == 1


def test_a_mirror_of_which_nothing_was_read_yet_is_no_error(operator: Client, alices: Connection) -> None:
    mirror = Mirror.objects.create(connection=alices)
    assert "Nothing has been read yet" in text(operator, page_of(mirror))
    assert "Loading" in text(operator, PAGES)


def test_the_list_costs_the_same_queries_for_one_mirror_as_for_many(operator: Client, syncing: Syncing) -> None:
    with CaptureQueriesContext(database) as one:
        text(operator, PAGES)
    for number in range(5):
        row = Connection.objects.get(pk=syncing.connection.pk)
        row.pk, row.tenant_id = None, f"t{number}"
        row._state.adding = True
        row.save()
        Mirror.objects.create(connection=row)
    with CaptureQueriesContext(database) as many:
        assert "t4" in text(operator, PAGES)
    assert len(many) == len(one)


def test_a_run_under_way_shows_its_progress_and_the_time_left(operator: Client, syncing: Syncing) -> None:
    now = timezone.now()
    run = Run.objects.create(
        mirror=syncing.mirror,
        kind=Kind.SWEEP,
        status=Run.Status.RUNNING,
        resources=["clients", "invoices"],
        results={"projects": "passed"},
        walk={"totals": [100_000], "rows": 25_000},
        rows=25_000,
        started_at=now - timedelta(minutes=10),
    )
    page = text(operator, page_of(syncing.mirror))
    assert "Clients: 25,000 of 100," in page
    assert "30 min left" in page
    assert "1 more list" in page
    assert 'hx-trigger="every 3s"' in page
    progress = progress_of(run, {"invoices": 0}, now=now)
    assert (progress.share, progress.time_left, progress.lists_done) == (0.25, timedelta(minutes=30), 1)
    Run.objects.all().delete()
    assert "hx-trigger" not in text(operator, page_of(syncing.mirror)).partition('id="mirror-live"')[2][:200]


@pytest.mark.parametrize("what", ["run-now", "pause", "schedule", "begin-anew", "erase"])
def test_an_action_asks_first_then_acts_and_leaves_an_audit_row(operator: Client, syncing: Syncing, what: str) -> None:
    address = f"{PAGES}{syncing.mirror.pk}/{what}/"
    assert "<form" in text(operator, address)
    assert not LogEntry.objects.exists()
    text(operator, address, kind="hot", resource="clients")
    assert LogEntry.objects.count() == 1
    assert AuditEntry.objects.filter(detail__contains="mirror.mirror").exists()


def test_who_may_only_look_sees_the_page_and_changes_nothing(syncing: Syncing) -> None:
    reader = signed_in(staff("reader", "mirror.view_mirror"))
    assert "Resources" in text(reader, page_of(syncing.mirror))
    for what in ("run-now", "compare", "pause", "resume", "schedule", "approve-deletes", "begin-anew", "erase"):
        assert f"/{what}/" not in text(reader, page_of(syncing.mirror))
        assert reader.post(f"{PAGES}{syncing.mirror.pk}/{what}/", {"kind": "hot"}).status_code == 403


def test_comparing_shows_records_and_so_takes_the_right_to_see_them(sandboxed: Syncing) -> None:
    address = f"{PAGES}{sandboxed.mirror.pk}/compare/"
    blind = signed_in(staff("blind", "mirror.view_mirror", "mirror.change_mirror"))
    assert blind.post(address, {"resource": "clients"}).status_code == 403
    seeing = signed_in(staff("seeing", "mirror.view_mirror", "mirror.change_mirror", "mirror.view_record"))
    assert "Sample of Clients" in text(seeing, address, resource="clients")
    assert LogEntry.objects.count() == 1


def test_a_paused_mirror_is_read_no_more_until_it_is_resumed(operator: Client, syncing: Syncing) -> None:
    Mirror.objects.update(due_at=timezone.now(), worker="one that is at it", heartbeat_at=timezone.now())
    text(operator, f"{PAGES}{syncing.mirror.pk}/pause/", yes="1")
    assert not claims.beat(Mirror(pk=syncing.mirror.pk, worker="one that is at it"), now=timezone.now())
    assert claims.claim("another", now=timezone.now()) is None
    assert "Paused" in text(operator, PAGES)
    text(operator, f"{PAGES}{syncing.mirror.pk}/resume/", yes="1")
    assert claims.claim("another", now=timezone.now()) is not None


def test_a_run_asked_for_names_the_operator(operator: Client, syncing: Syncing) -> None:
    text(operator, f"{PAGES}{syncing.mirror.pk}/run-now/", kind="sweep", resources="clients")
    run = Run.objects.get(status=Run.Status.QUEUED)
    assert (run.kind, run.resources, run.requested_by) == ("sweep", ["clients"], "operator: root")


def test_beginning_anew_reads_everything_again(operator: Client, syncing: Syncing) -> None:
    text(operator, f"{PAGES}{syncing.mirror.pk}/begin-anew/", yes="1")
    assert set(Stream.objects.values_list("reason", flat=True)) == {"loading"}
    syncing.work()
    assert "loading" not in set(Stream.objects.values_list("reason", flat=True))


def test_a_schedule_of_its_own_is_kept_and_an_empty_field_is_the_host_app_s(operator: Client, syncing: Syncing) -> None:
    address = f"{PAGES}{syncing.mirror.pk}/schedule/"
    text(operator, address, hot_seconds="60", history_days="365", resources="clients")
    mirror = Mirror.objects.get()
    assert (mirror.hot_seconds, mirror.window_seconds, mirror.history_days) == (60, None, 365)
    assert mirror.resources == ["clients"]
    assert 'role="alert"' in text(operator, address, hot_seconds="1")


def test_comparing_shows_counts_and_a_sample_side_by_side(operator: Client, sandboxed: Syncing) -> None:
    newest = Record.objects.filter(stream__resource="clients").order_by("-harvest_id")
    changed, missing = newest[0], newest[1]
    Record.objects.filter(pk=changed.pk).update(
        raw=changed.raw.replace('"name":', '"name":"Another","was":'), digest=b"another"
    )
    missing.delete()
    page = text(operator, f"{PAGES}{sandboxed.mirror.pk}/compare/", resource="clients")
    row = page.partition(f'data-id="{changed.harvest_id}"')[2].partition("</tr>")[0]
    assert "Differs" in row
    assert "Another" in row
    assert "Missing" in page.partition(f'data-id="{missing.harvest_id}"')[2].partition("</tr>")[0]
    counts = page.partition("compare-counts")[2].partition("compare-sample")[0]
    assert counts.count(">Differs<") == 1
    assert ">Same<" in counts


def test_a_connection_s_page_leads_to_its_mirror_or_begins_one(operator: Client, alices: Connection) -> None:
    page = f"/admin/connections/connection/{alices.pk}/"
    assert f"{page}mirror/" in text(operator, f"{page}change/")
    begin = operator.get(f"{page}mirror/")["Location"]
    assert "Cancel" in text(operator, begin)
    assert operator.post(begin)["Location"] == page_of(Mirror.objects.get())
    assert operator.get(begin)["Location"] == page_of(Mirror.objects.get())
    assert LogEntry.objects.count() == 1


def test_who_may_not_begin_a_mirror_is_told_that_there_is_none(alices: Connection) -> None:
    rights = ("mirror.view_mirror", "connections.view_connection")
    reader = signed_in(staff("reader", *rights))
    assert "not mirrored" in text(reader, f"/admin/mirror/mirror/connection/{alices.pk}/", yes="1")
    assert not Mirror.objects.exists()


def test_a_host_app_s_policy_is_made_in_the_admin(operator: Client, alices: Connection) -> None:
    fields = {"hot_seconds": "120", "window_seconds": "600", "sweep_seconds": "86400", "erase_after_days": "30"}
    made = {**fields, "host_app": str(alices.host_app_id), "begins_by_itself": "on", "resources": "clients"}
    text(operator, "/admin/mirror/hostpolicy/add/", **made)
    policy = alices.host_app.mirror_policy
    assert policy.begins_by_itself
    assert policy.resources == ["clients"]
    assert "1" in text(operator, "/admin/mirror/hostpolicy/")
    assert "Runs" in text(operator, "/admin/mirror/run/")
