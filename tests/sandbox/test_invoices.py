"""Invoices, their messages and payments, and what importing time does, REFERENCE §8.13."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

LINES = [
    {"kind": "Service", "quantity": 2, "unit_price": 100, "taxed": True, "taxed2": True},
    {"kind": "Service", "unit_price": "100", "taxed": True, "taxed2": True},
]


def create(harvest: RunningSandbox, **fields: Any) -> dict[str, Any]:
    client = next(iter(harvest.account.clients))
    answer = harvest.post("/v2/invoices", json={"client_id": client.id, "line_items": LINES, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def again(harvest: RunningSandbox, invoice: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = harvest.get(f"/v2/invoices/{invoice['id']}").json()
    return found


def say(harvest: RunningSandbox, invoice: dict[str, Any], **fields: Any) -> Any:
    return harvest.post(f"/v2/invoices/{invoice['id']}/messages", json=fields)


def pay(harvest: RunningSandbox, invoice: dict[str, Any], amount: float, **fields: Any) -> Any:
    return harvest.post(f"/v2/invoices/{invoice['id']}/payments", json={"amount": amount, **fields})


def test_the_documented_sample_adds_up(harvest: RunningSandbox) -> None:
    one = create(harvest, tax=5, tax2=2.0, discount="10")
    sums = [one[name] for name in ("amount", "due_amount", "tax_amount", "tax2_amount", "discount_amount")]
    assert sums == [288.9, 288.9, 13.5, 5.4, 30.0]
    assert (one["state"], one["number"]) == ("draft", "1012")
    assert [line["amount"] for line in one["line_items"]] == [200.0, 100.0]
    assert one["issue_date"] == one["due_date"]


@pytest.mark.parametrize(
    ("fields", "due"),
    [
        ({"payment_term": "net 30"}, "2026-07-01"),
        ({"payment_term": "net 30", "due_date": "2026-06-05"}, "2026-07-01"),
        ({"payment_term": "upon receipt"}, "2026-06-01"),
        ({"payment_term": "custom", "due_date": "2026-06-05"}, "2026-06-05"),
        ({"due_date": "2026-06-05"}, "2026-06-01"),
    ],
)
def test_a_due_date_counts_with_a_custom_term_only(harvest: RunningSandbox, fields: dict[str, str], due: str) -> None:
    assert create(harvest, issue_date="2026-06-01", **fields)["due_date"] == due


def test_lines_are_edited_added_and_destroyed(harvest: RunningSandbox) -> None:
    one = create(harvest)
    first, second = one["line_items"]
    lines = [{"id": first["id"], "quantity": 5}, {"id": second["id"], "_destroy": True}, {"kind": "X", "unit_price": 1}]
    changed = harvest.patch(f"/v2/invoices/{one['id']}", json={"line_items": lines}).json()
    assert [(line["kind"], line["amount"]) for line in changed["line_items"]] == [("Service", 500.0), ("X", 1.0)]
    assert changed["amount"] == 501.0
    for bad in ([{"id": 1, "quantity": 1}], [{"kind": "No price"}], "text"):
        assert harvest.patch(f"/v2/invoices/{one['id']}", json={"line_items": bad}).status_code == 422
    assert again(harvest, one) == changed


def test_a_payment_that_covers_the_amount_turns_it_paid_and_deleting_turns_it_back(harvest: RunningSandbox) -> None:
    one = create(harvest)
    say(harvest, one, event_type="send")
    pay(harvest, one, 100)
    assert (again(harvest, one)["state"], again(harvest, one)["due_amount"]) == ("open", 200.0)
    last = pay(harvest, one, 200, paid_date="2026-11-05").json()
    paid = again(harvest, one)
    assert (paid["state"], paid["due_amount"], paid["paid_date"]) == ("paid", 0.0, harvest.now().date().isoformat())
    harvest.delete(f"/v2/invoices/{one['id']}/payments/{last['id']}")
    back = again(harvest, one)
    assert (back["state"], back["due_amount"], back["paid_at"], back["paid_date"]) == ("open", 200.0, None, None)


def test_a_payment_says_who_recorded_it_and_when(harvest: RunningSandbox) -> None:
    one = create(harvest)
    payment = pay(harvest, one, 1575.86, paid_at="2026-07-24T13:32:18Z", notes="By phone").json()
    assert (payment["paid_at"], payment["paid_date"]) == ("2026-07-24T13:32:18Z", "2026-07-24")
    assert (payment["recorded_by"], payment["recorded_by_email"]) == ("Alice Okafor", "alice@fennelfinch.example")
    assert payment["payment_gateway"] == {"id": None, "name": None}
    midnight = pay(harvest, one, 1, paid_date="2026-07-24").json()
    assert midnight["paid_at"] == "2026-07-24T00:00:00Z"
    assert pay(harvest, one, 1, paid_date="2026-07-24", paid_at="2026-07-24T00:00:00Z").status_code == 422
    assert harvest.post(f"/v2/invoices/{one['id']}/payments", json={}).status_code == 422
    listed = harvest.get(f"/v2/invoices/{one['id']}/payments").json()["invoice_payments"]
    assert [each["id"] for each in listed] == [midnight["id"], payment["id"]]


def test_settling_thanks_unless_refused(harvest: RunningSandbox) -> None:
    pay(harvest, create(harvest), 300, send_thank_you=False)
    assert list(harvest.world.outbox) == []
    pay(harvest, create(harvest), 300)
    assert [mail.to for mail in harvest.world.outbox] == ["nora@northwind.example"]


MOVES = [
    ("send", "draft", "open"),
    ("draft", "open", "draft"),
    ("close", "open", "closed"),
    ("re-open", "closed", "open"),
]


@pytest.mark.parametrize(("event", "before", "after"), MOVES)
def test_events_move_an_invoice_from_the_right_state_only(
    harvest: RunningSandbox, event: str, before: str, after: str
) -> None:
    for state in ("draft", "open", "closed"):
        one = create(harvest)
        harvest.account.invoices[one["id"]].state = state
        answer = say(harvest, one, event_type=event)
        if state == before:
            assert (answer.status_code, answer.json()["event_type"]) == (201, event)
            assert again(harvest, one)["state"] == after
        else:
            assert answer.status_code == 422
            assert answer.json() == {"message": f"Event type can't be {event} unless invoice is {before}"}
            assert again(harvest, one)["state"] == state
    assert list(harvest.world.outbox) == []


def test_a_message_goes_out_by_mail_and_marks_a_draft_as_sent(harvest: RunningSandbox) -> None:
    one = create(harvest)
    recipients = [{"name": "Richard Roe", "email": "richard@example.com"}]
    message = say(harvest, one, recipients=recipients, subject="Invoice", body="Here", send_me_a_copy=True).json()
    assert [each["email"] for each in message["recipients"]] == ["richard@example.com", "alice@fennelfinch.example"]
    assert [mail.to for mail in harvest.world.outbox] == ["richard@example.com", "alice@fennelfinch.example"]
    assert (again(harvest, one)["state"], again(harvest, one)["sent_at"] is None) == ("open", False)
    assert message["event_type"] is None


def test_a_message_to_nobody_fails_and_moves_nothing(harvest: RunningSandbox) -> None:
    one = create(harvest)
    assert say(harvest, one, subject="x").status_code == 422
    assert say(harvest, one, recipients=[{"name": "No address"}]).status_code == 422
    assert again(harvest, one)["state"] == "draft"


def test_the_template_of_a_message_fits_its_purpose(harvest: RunningSandbox) -> None:
    one = create(harvest)
    path = f"/v2/invoices/{one['id']}/messages/new"
    reminder = harvest.get(f"{path}?reminder=true").json()
    assert list(reminder) == ["invoice_id", "subject", "body", "reminder", "thank_you"]
    assert reminder["subject"].startswith("Past due invoice reminder")
    assert harvest.get(f"{path}?thank_you=true").json()["thank_you"] is True
    assert harvest.get(path).json()["subject"] == "Invoice #1012 from Fennel & Finch"


def imported(harvest: RunningSandbox, summary: str = "task", **span: str) -> Any:
    project, _ = harvest.pick("carmen")
    spec = {"project_ids": [project.id], "time": {"summary_type": summary, **span}}
    return harvest.post("/v2/invoices", json={"client_id": project.client.id, "line_items_import": spec})


def work(harvest: RunningSandbox) -> list[int]:
    """Three entries of Carmen, two of them on one task, on days that nothing else is on."""
    (project, design), (_, development) = harvest.picks("carmen")[:2]
    plan = [("1.00", design, 10), ("0.50", design, 12), ("2.00", development, 14)]
    return [
        harvest.add_entry("carmen", hours=hours, project=project, task=task, spent_date=date(2024, 12, day)).id
        for hours, task, day in plan
    ]


def test_importing_time_bills_and_locks_it(harvest: RunningSandbox) -> None:
    ids = work(harvest)
    answer = imported(harvest, **{"from": "2024-12-01", "to": "2024-12-31"})
    invoice = answer.json()
    assert [(line["kind"], line["quantity"], line["unit_price"]) for line in invoice["line_items"]] == [
        ("Service", 1.5, 140.0),
        ("Service", 2.0, 140.0),
    ]
    assert (invoice["period_start"], invoice["period_end"]) == ("2024-12-10", "2024-12-14")
    entry = harvest.get(f"/v2/time_entries/{ids[0]}", "carmen").json()
    assert (entry["is_billed"], entry["is_locked"]) == (True, True)
    assert entry["invoice"] == {"id": invoice["id"], "number": invoice["number"]}
    assert entry["locked_reason"] == "Item Invoiced and Locked for this Time Period"
    assert harvest.patch(f"/v2/time_entries/{ids[0]}", "carmen", json={"notes": "x"}).status_code == 422
    assert harvest.patch(f"/v2/time_entries/{ids[0]}/restart", "carmen").status_code == 422
    assert harvest.delete(f"/v2/time_entries/{ids[0]}", "alice").status_code == 422


def test_other_time_of_the_project_in_the_invoiced_period_is_locked_too(harvest: RunningSandbox) -> None:
    work(harvest)
    imported(harvest, **{"from": "2024-12-01", "to": "2024-12-31"})
    (project, task) = harvest.pick("carmen")
    late = harvest.add_entry("carmen", project=project, task=task, spent_date=date(2024, 12, 11))
    after = harvest.add_entry("carmen", project=project, task=task, spent_date=date(2024, 12, 15))
    seen = [harvest.get(f"/v2/time_entries/{one.id}").json() for one in (late, after)]
    assert [(one["is_locked"], one["is_billed"]) for one in seen] == [(True, False), (False, False)]


def test_an_administrator_changes_notes_and_hours_of_locked_time_not_its_place(harvest: RunningSandbox) -> None:
    ids = work(harvest)
    imported(harvest, **{"from": "2024-12-01", "to": "2024-12-31"})
    body = {"notes": "Corrected", "hours": 9, "spent_date": "2024-12-24"}
    entry = harvest.patch(f"/v2/time_entries/{ids[0]}", "alice", json=body).json()
    assert (entry["notes"], entry["hours"], entry["spent_date"]) == ("Corrected", 9.0, "2024-12-10")


def test_deleting_an_invoice_sets_its_time_free(harvest: RunningSandbox) -> None:
    ids = work(harvest)
    invoice = imported(harvest, **{"from": "2024-12-01", "to": "2024-12-31"}).json()
    harvest.delete(f"/v2/invoices/{invoice['id']}")
    entry = harvest.get(f"/v2/time_entries/{ids[0]}", "carmen").json()
    assert (entry["is_billed"], entry["is_locked"], entry["invoice"]) == (False, False, None)


@pytest.mark.parametrize(("summary", "lines"), [("project", 1), ("task", 2), ("people", 1), ("detailed", 3)])
def test_imported_time_is_summed_up_as_asked(harvest: RunningSandbox, summary: str, lines: int) -> None:
    work(harvest)
    invoice = imported(harvest, summary, **{"from": "2024-12-01", "to": "2024-12-31"}).json()
    assert len(invoice["line_items"]) == lines
    assert invoice["amount"] == 490.0
    assert all(line["project"]["code"] == "NW-STORE" for line in invoice["line_items"])


def test_what_is_billed_is_not_imported_twice(harvest: RunningSandbox) -> None:
    work(harvest)
    imported(harvest)
    assert imported(harvest).json()["line_items"] == []


@pytest.mark.parametrize(
    "spec",
    [
        {"project_ids": []},
        {"project_ids": [1], "time": {"summary_type": "task"}},
        {"time": {"summary_type": "task"}},
        {"project_ids": "first", "time": {"summary_type": "poem"}},
        {"project_ids": "first", "time": {"summary_type": "task", "from": "2026-01-01"}},
        {"project_ids": "first", "expenses": {"summary_type": "task"}},
    ],
)
def test_an_import_that_makes_no_sense_is_refused(harvest: RunningSandbox, spec: dict[str, Any]) -> None:
    project, _ = harvest.pick("carmen")
    if spec.get("project_ids") == "first":
        spec = {**spec, "project_ids": [project.id]}
    count = len(harvest.account.invoices)
    answer = harvest.post("/v2/invoices", json={"client_id": project.client.id, "line_items_import": spec})
    assert answer.status_code == 422
    assert len(harvest.account.invoices) == count


def test_a_running_timer_cannot_be_invoiced(harvest: RunningSandbox, track: Any) -> None:
    track()
    assert "running timer" in imported(harvest).json()["message"]


def test_expenses_are_imported_as_products(harvest: RunningSandbox) -> None:
    expense = next(one for one in harvest.account.expenses if one.billable and not one.is_billed)
    spec = {"project_ids": [expense.project.id], "expenses": {"summary_type": "detailed"}}
    body = {"client_id": expense.project.client.id, "line_items_import": spec}
    invoice = harvest.post("/v2/invoices", json=body).json()
    assert {line["kind"] for line in invoice["line_items"]} == {"Product"}
    seen = harvest.get(f"/v2/expenses/{expense.id}").json()
    assert (seen["is_billed"], seen["locked_reason"]) == (True, "Expense is invoiced.")


def test_categories_in_use_stay(harvest: RunningSandbox) -> None:
    seeded = harvest.get("/v2/invoice_item_categories").json()["invoice_item_categories"]
    for one in seeded:
        assert harvest.delete(f"/v2/invoice_item_categories/{one['id']}").status_code == 422
    fresh = harvest.post("/v2/invoice_item_categories", json={"name": "Gadget"}).json()
    path = f"/v2/invoice_item_categories/{fresh['id']}"
    assert harvest.patch(path, json={"name": "Gadgets", "use_as_service": True}).json()["use_as_service"] is False
    assert harvest.delete(path).status_code == 200
