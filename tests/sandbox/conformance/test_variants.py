"""What the OpenAPI file documents beside the body that test_openapi.py sends: the other ways to call, same shapes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conformance.bodies import body_of
from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.echoes import unheard
from tests.sandbox.conformance.openapi import operation
from tests.sandbox.conformance.strict import complaints

IMPORTS = [
    (kind, summary)
    for kind, last in (("time", "task"), ("expenses", "category"))
    for summary in ("project", "people", "detailed", last)
]
INVOICE_EVENTS = (("send", "draft"), ("close", "open"), ("re-open", "closed"), ("draft", "open"))
ESTIMATE_EVENTS = (("send", "draft"), ("accept", "sent"), ("decline", "sent"), ("re-open", "declined"))


def check(caller: Caller, name: str, schema: str, **options: Any) -> dict[str, Any]:
    answer = caller.call(operation(name), **options)
    assert answer.status_code == operation(name).status, answer.text
    assert complaints(schema, answer.json()) == []
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("name", ["POST /time_entries", "PATCH /time_entries/{timeEntryId}"])
def test_start_and_end_come_back_where_they_are_tracked(caller: Caller, name: str) -> None:
    """The variant that the file mixes with hours (REFERENCE §13.B3)."""
    caller.harvest.set_mode(caller.harvest.account, timestamp=True)
    full = body_of(operation(name), caller.full.ids, caller.full.spare) or {}
    body = {key: value for key, value in full.items() if key != "hours"}
    entry = check(caller, name, "TimeEntry", json=body)
    assert (entry["started_time"], entry["ended_time"], entry["hours"]) == ("09:00", "10:00", 1.0)


@pytest.mark.parametrize("timestamp", [False, True])
def test_restart_has_the_shape_of_an_entry_in_both_modes(caller: Caller, timestamp: bool) -> None:
    caller.harvest.set_mode(caller.harvest.account, timestamp=timestamp)
    entry = check(caller, "PATCH /time_entries/{timeEntryId}/restart", "TimeEntry")
    assert (entry["id"] == caller.full.ids["timeEntryId"]) is not timestamp


@pytest.mark.parametrize(("kind", "summary"), IMPORTS)
def test_an_invoice_of_tracked_work(caller: Caller, kind: str, summary: str) -> None:
    """`from` and `to` come together; the last project has no code."""
    project = next(one for one in caller.harvest.account.projects if one.name == "B")
    imported = {"summary_type": summary, "from": "2026-11-01", "to": "2026-11-30"}
    body = {
        "client_id": project.client.id,
        "line_items_import": {"project_ids": [project.id], kind: imported},
    }
    invoice = check(caller, "POST /invoices", "Invoice", json=body)
    assert invoice["line_items"]
    assert invoice["period_start"] == invoice["period_end"] == "2026-11-03"


def test_a_payment_of_a_day(caller: Caller) -> None:
    body = {"amount": 5.0, "paid_date": "2026-11-05"}
    payment = check(caller, "POST /invoices/{invoiceId}/payments", "InvoicePayment", json=body)
    assert (payment["paid_date"], payment["paid_at"]) == ("2026-11-05", "2026-11-05T00:00:00Z")


@pytest.mark.parametrize(("event", "state"), INVOICE_EVENTS)
def test_an_event_of_an_invoice(caller: Caller, event: str, state: str) -> None:
    """REFERENCE §13.A7: a message without mail."""
    with caller.harvest.world.lock:
        caller.harvest.account.invoices[caller.full.ids["invoiceId"]].state = state
    message = check(caller, "POST /invoices/{invoiceId}/messages", "InvoiceMessage", json={"event_type": event})
    assert (message["event_type"], message["recipients"]) == (event, [])


@pytest.mark.parametrize(("event", "state"), ESTIMATE_EVENTS)
def test_an_event_of_an_estimate(caller: Caller, event: str, state: str) -> None:
    with caller.harvest.world.lock:
        caller.harvest.account.estimates[caller.full.ids["estimateId"]].state = state
    message = check(caller, "POST /estimates/{estimateId}/messages", "EstimateMessage", json={"event_type": event})
    assert (message["event_type"], message["recipients"]) == (event, [])


@pytest.mark.parametrize("flag", ["thank_you", "reminder"])
def test_a_message_to_begin_with_says_what_it_is(caller: Caller, flag: str) -> None:
    name = "GET /invoices/{invoiceId}/messages/new"
    message = check(caller, name, "InvoiceMessageSubjectAndBody", params={flag: "true"})
    assert message[flag] is True


@pytest.mark.parametrize("name", ["POST /expenses", "PATCH /expenses/{expenseId}"])
def test_a_receipt_comes_by_multipart(caller: Caller, name: str) -> None:
    """REFERENCE §13.B18; numbers and truths arrive as text (§1)."""
    full = body_of(operation(name), caller.full.ids, caller.full.spare) or {}
    form = {key: str(value).lower() for key, value in full.items() if key not in ("delete_receipt", "notes")}
    file = ("lunch.gif", b"GIF89a", "image/gif")
    expense = check(caller, name, "Expense", json=None, data=form, files={"receipt": file})
    assert list(unheard({key: full[key] for key in form}, expense)) == []
    assert expense["receipt"] == {
        "url": f"{caller.harvest.url}/expenses/{expense['id']}/receipt",
        "file_name": "lunch.gif",
        "file_size": 6,
        "content_type": "image/gif",
    }


@pytest.mark.parametrize("kind", ["invoice", "estimate"])
def test_a_line_can_be_removed(caller: Caller, kind: str) -> None:
    """REFERENCE §13.A8."""
    body = {"line_items": [{"id": caller.full.ids[f"{kind}LineId"], "_destroy": True}]}
    name = f"PATCH /{kind}s/{{{kind}Id}}"
    left = [one["id"] for one in check(caller, name, kind.capitalize(), json=body)["line_items"]]
    assert left
    assert caller.full.ids[f"{kind}LineId"] not in left
