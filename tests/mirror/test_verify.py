"""`manage.py verifymirror` finds what differs from Harvest, and takes no change that is under way for a difference."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestRateLimited
from harvest_bridge.mirror.models import Kind, Mirror, Record, Stream, TimeEntry
from harvest_bridge.mirror.verification.findings import Findings, Scope
from harvest_bridge.mirror.verification.patient_calls import PatientCalls
from harvest_bridge.mirror.verification.verify import Verification
from harvest_bridge.sandbox.testing import RunningSandbox

from .model_harvest import ModelHarvest
from .syncing import Syncing

pytestmark = pytest.mark.django_db
RESOURCES = ["clients", "time_entries", "expenses"]
LATER = {Kind.HOT: {"minutes": 3}, Kind.WINDOW: {"minutes": 11}, Kind.SWEEP: {"hours": 25}}


@pytest.fixture
def sandboxed(alices: Connection) -> Syncing:
    """With reports, which the Harvest in memory has none of."""
    found = Syncing(alices, resources=RESOURCES)
    found.work()
    return found


def verify(syncing: Syncing, *resources: str, wait: float = 0, **more: Any) -> Findings:
    """As the command does it; a mirror that is asked to catch up does so in this thread."""

    def ask(mirror: Mirror, names: list[str], kind: Kind, _: float) -> None:
        syncing.later(**LATER[kind]).work()

    mirror = Mirror.objects.select_related("connection").get(pk=syncing.mirror.pk)
    calls = PatientCalls(mirror.connection, **({"call": syncing.send} if syncing.send else {}))
    return Verification(mirror, calls, resources, wait=wait, ask=ask, **more).run()


def found(findings: Findings) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(one.kind, one.harvest_id, one.fields) for one in findings.differences]


def some(resource: str) -> Record:
    row = Record.objects.filter(stream__resource=resource, deleted_at=None, is_running=None).first()
    row = row or Record.objects.filter(stream__resource=resource, deleted_at=None, is_running=False).first()
    assert row is not None
    return row


def told(*words: str) -> tuple[dict[str, Any], int]:
    said = StringIO()
    try:
        call_command("verifymirror", *words, "--wait", "0", "--json", stdout=said)
    except SystemExit as end:
        return json.loads(said.getvalue()), int(str(end.code))
    return json.loads(said.getvalue()), 0


def test_a_true_copy_is_the_same_record_for_record_and_month_for_month(
    sandbox: RunningSandbox, sandboxed: Syncing
) -> None:
    [answer], code = told()[0]["mirrors"], told()[1]
    assert code == 0
    assert answer["is_same"]
    assert answer["compared"]["time_entries"] == len(sandboxed.held("time_entries"))
    assert set(RESOURCES) <= set(answer["compared"])
    assert answer["months"] > 2
    assert answer["skipped"] == answer["failed"] == {}


def test_what_was_lost_invented_or_altered_here_is_named(syncing: Syncing) -> None:
    lost, altered, ghost = (Record.objects.filter(stream__resource="clients").order_by("pk")[n] for n in range(3))
    lost.delete()
    Record.objects.filter(pk=altered.pk).update(raw=altered.raw.replace("Client", "Nobody"))
    ghost.pk, ghost.harvest_id, ghost.position = None, 999_999_999, 999_999
    ghost.save(force_insert=True)
    found_here = set(found(verify(syncing, "clients")))
    assert found_here == {
        ("missing", lost.harvest_id, ()),
        ("differs", altered.harvest_id, ("name",)),
        ("extra", 999_999_999, ()),
    }


def test_numbers_and_digests_that_contradict_the_record_are_found(sandboxed: Syncing) -> None:
    first = some("time_entries")
    TimeEntry.objects.filter(harvest_id=first.harvest_id).update(
        hours_micros=F("hours_micros") + 1_000_000, rounded_hours_micros=F("rounded_hours_micros") + 1_000_000
    )
    client = some("clients")
    Record.objects.filter(pk=client.pk).update(digest=b"another")
    findings = verify(sandboxed, "clients", "time_entries")
    assert set(found(findings)) == {
        ("differs", first.harvest_id, ("(numbers)",)),
        ("differs", client.harvest_id, ("(digest)",)),
    }
    [hours] = [one for one in findings.sums if one.figure == "hours"]
    assert Decimal(hours.here) - Decimal(hours.harvest) == 1


def test_a_payment_that_is_lacking_is_found(syncing: Syncing, harvest: ModelHarvest) -> None:
    while not any(harvest.payments.values()):
        harvest.pay()
    syncing.later(minutes=3).work()
    payment = some("invoice_payments")
    payment.delete()
    assert found(verify(syncing, "invoice_payments")) == [("missing", payment.harvest_id, ())]
    assert "invoice_payments" in verify(syncing, "invoice_payments", with_children=False).skipped


def test_a_running_timer_is_no_difference(sandbox: RunningSandbox, sandboxed: Syncing) -> None:
    project, task = sandbox.pick("alice")
    body = {"project_id": project.id, "task_id": task.id, "spent_date": sandbox.now().date().isoformat()}
    assert sandbox.post("/v2/time_entries", "alice", json=body).status_code == 201
    sandboxed.later(minutes=3).work()
    sandbox.advance(3600)
    findings = verify(sandboxed, "time_entries")
    assert findings.is_same, findings.serialize()
    assert findings.caught_up == []


def test_what_changes_during_the_walk_is_no_difference(sandbox: RunningSandbox, sandboxed: Syncing) -> None:
    edited, deleted = Record.objects.filter(stream__resource="time_entries", is_running=False).order_by("-day")[:2]
    assert sandbox.patch(f"/v2/time_entries/{edited.harvest_id}", json={"notes": "meanwhile"}).status_code == 200
    assert sandbox.delete(f"/v2/time_entries/{deleted.harvest_id}").status_code == 200
    assert {each for _, each, _ in found(verify(sandboxed, "time_entries"))} == {edited.harvest_id, deleted.harvest_id}
    findings = verify(sandboxed, "time_entries", wait=60)
    assert findings.is_same, findings.serialize()
    assert {one.harvest_id for one in findings.caught_up} == {edited.harvest_id, deleted.harvest_id}


def test_days_bound_what_is_compared(sandboxed: Syncing) -> None:
    newest = Record.objects.filter(stream__resource="time_entries").order_by("-day")[0]
    oldest = Record.objects.filter(stream__resource="time_entries").order_by("day")[0]
    Record.objects.filter(pk__in=[newest.pk, oldest.pk]).update(digest=b"another")
    day = json.loads(oldest.raw)["spent_date"]
    answer, code = told("--from", day, "--to", day)
    [mirror] = answer["mirrors"]
    assert code == 1
    assert [one["harvest_id"] for one in mirror["differences"]] == [oldest.harvest_id]
    assert mirror["skipped"]["clients"] == "has no dates"


def test_what_harvest_refuses_is_said_and_is_a_code_of_its_own(sandbox: RunningSandbox, sandboxed: Syncing) -> None:
    host = str(sandboxed.connection.host_app_id)
    Stream.objects.filter(resource="expenses").update(state="off", detail="Expense tracking is switched off.")
    sandbox.fault("status", path="/v2/clients", status=403, times=5)
    answer, code = told("--resource", "clients", "--resource", "expenses")
    [mirror] = answer["mirrors"]
    assert code == 2
    assert mirror["failed"]["clients"].startswith("harvest_forbidden")
    sandbox.clear_faults()
    some("clients").delete()
    said = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("verifymirror", "--host-app", host, "--resource", "clients", "--wait", "0", stdout=said)
    assert end.value.code == 1
    assert "is missing here" in said.getvalue()
    with pytest.raises(CommandError, match="Nothing is mirrored of nobody"):
        call_command("verifymirror", "--connection", "nobody")
    assert mirror["skipped"]["expenses"] == "Expense tracking is switched off."


def test_a_throttled_harvest_is_waited_for(syncing: Syncing, harvest: ModelHarvest) -> None:
    slept: list[float] = []
    left = [4]

    def send(*call: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise HarvestRateLimited("Busy.", retry_after=7)
        return harvest.send(*call)

    calls = PatientCalls(syncing.connection, send, slept.append)
    findings = Verification(syncing.mirror, calls, ["clients"], Scope(), 0).run()
    assert findings.is_same
    assert findings.failed == {}
    assert slept == [7, 7, 7, 8]


def test_an_emptied_copy_is_told_without_a_call_for_each_record(syncing: Syncing, harvest: ModelHarvest) -> None:
    for _ in range(150):
        harvest.add("clients")
    before = harvest.calls
    findings = verify(syncing, "clients")
    assert len(findings.differences) == 150
    assert harvest.calls - before < 100


def test_people_who_are_no_managers_have_no_teammates_to_compare(alices: Connection) -> None:
    syncing = Syncing(alices, resources=["users", "teammates"])
    syncing.work()
    syncing.later(minutes=1).work()  # children follow their parents
    assert syncing.held("teammates")
    findings = verify(syncing, "users", "teammates")
    assert (found(findings), findings.failed) == ([], {})


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CommandError, match="--from"):
        call_command("verifymirror", "--from", "2026-03-01", "--to", "2026-02-28")
