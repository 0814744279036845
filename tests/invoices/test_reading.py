"""GET /invoices, /invoices/{id} and estimates, from the mirror."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import ApiKey, Scope
from harvest_bridge.hosts.services import NewHostApp, issue_api_key
from harvest_bridge.invoices.models import AccountSettings
from harvest_bridge.mirror.models import Mirror
from tests.mirror.reading.filling import fill
from tests.people import rest

from .conftest import Ask
from .records import TODAY, invoice, pay, put, remove

pytestmark = pytest.mark.django_db

LATE = (TODAY - timedelta(days=9)).isoformat()
SOON = (TODAY + timedelta(days=9)).isoformat()


@pytest.fixture
def every_status(mirror: Mirror) -> None:
    put(
        mirror,
        invoice(1, state="draft", due_amount=100.0),
        invoice(2, due_date=SOON),
        invoice(3, due_date=LATE, due_amount=70.0),
        invoice(4, due_date=SOON, due_amount=60.0),
        invoice(5, state="paid", due_amount=0.0, paid_date="2026-11-20"),
        invoice(6, state="closed"),
        invoice(7),
        invoice(8, currency="JPY", amount=5000.0, due_amount=5000.0, due_date=LATE, client={"id": 4, "name": "Y"}),
    )
    remove(mirror, 7)
    pay(mirror, 4, 901, amount=40.0)


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return sorted(row["id"] for row in answer.json()["result"])


@pytest.mark.usefixtures("every_status")
def test_each_invoice_has_one_status_beside_harvests_state(ask: Ask) -> None:
    rows = {row["id"]: (row["status"], row["state"], row["days_overdue"]) for row in ask().json()["result"]}
    assert rows == {
        1: ("draft", "draft", 0),
        2: ("open", "open", 0),
        3: ("overdue", "open", 9),
        4: ("partially_paid", "open", 0),
        5: ("paid", "paid", 0),
        6: ("written_off", "closed", 0),
        8: ("overdue", "open", 9),
    }


@pytest.mark.usefixtures("every_status")
def test_a_deleted_invoice_is_listed_only_where_asked_for_and_shown_as_it_was(ask: Ask) -> None:
    assert 7 not in ids(ask())
    assert ids(ask(status="deleted")) == [7]
    assert ids(ask(status="deleted,paid")) == [5, 7]
    shown = ask("/7").json()
    assert (shown["status"], shown["state"], shown["amount"]) == ("deleted", "open", "100.00")
    assert shown["deleted_at"] is not None


@pytest.mark.usefixtures("every_status")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "overdue"}, [3, 8]),
        ({"status": "open,partially_paid"}, [2, 4]),
        ({"client_id": 4}, [8]),
        ({"amount_from": "100.01"}, [8]),
        ({"amount_to": "100"}, [1, 2, 3, 4, 5, 6]),
        ({"currency": "jpy"}, [8]),
        ({"due_to": LATE}, [3, 8]),
        ({"due_from": SOON, "due_to": SOON}, [2, 4]),
        ({"state": "open", "status": "overdue"}, [3, 8]),
        ({"from": "2026-11-03"}, []),
        ({"number": "4"}, [4]),
    ],
)
def test_lists_are_narrowed(ask: Ask, query: dict[str, Any], found: list[int]) -> None:
    assert ids(ask(**query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"status": "late"},
        {"amount_from": "1e3"},
        {"currency": "euro"},
        {"colour": "red"},
        {"to": "2026-01-01", "from": "2026-12-01"},
        {"due_to": "2026-01-01", "due_from": "2026-12-01"},
        {"amount_to": "9", "amount_from": "10"},
    ],
)
def test_a_parameter_that_cannot_be_applied_is_named(mirror: Mirror, ask: Ask, query: dict[str, str]) -> None:
    answer = ask(**query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert next(iter(query)) in answer.json()["message"]


@pytest.mark.usefixtures("every_status")
def test_sums_are_those_of_all_that_fit_and_one_for_each_currency(ask: Ask) -> None:
    page = ask(limit=1).json()
    assert page["result_count"] == 1
    assert page["sums"] == [
        {
            "currency": "EUR",
            "count": 6,
            "amount": "600.00",
            "paid_amount": "170.00",
            "due_amount": "430.00",
            "overdue_amount": "70.00",
        },
        {
            "currency": "JPY",
            "count": 1,
            "amount": "5000",
            "paid_amount": "0",
            "due_amount": "5000",
            "overdue_amount": "5000",
        },
    ]
    assert [row["count"] for row in ask(status="overdue").json()["sums"]] == [1, 1]
    assert ask(status="deleted").json()["sums"] == []


@pytest.mark.parametrize("seed", range(3))
def test_sums_of_each_status_are_exactly_those_of_its_invoices(mirror: Mirror, ask: Ask, seed: int) -> None:
    """Amounts of every number of decimals, due dates around today; added up from what each invoice shows."""
    picked = random.Random(seed)
    made = []
    for number in range(1, 31):
        currency, step = picked.choice([("EUR", "0.01"), ("JPY", "1"), ("KWD", "0.001"), ("CLF", "0.0001")])
        amount = Decimal(step) * picked.randrange(1, 1_000_000)
        due = picked.choice([amount, Decimal(0), -Decimal(step), amount - Decimal(step)])
        late = TODAY + timedelta(days=picked.choice([-400, -1, 0, 1]))
        state = picked.choice(["open", "open", "paid", "draft", "closed"])
        fields = {"amount": float(amount), "due_amount": float(due), "due_date": late.isoformat()}
        made.append(invoice(number, currency=currency, state=state, **fields))
    put(mirror, *made)
    for status in ("draft", "open", "overdue", "partially_paid", "paid", "written_off", None):
        page = ask(limit=100, **({"status": status} if status else {})).json()
        assert {row["currency"]: added(row) for row in page["sums"]} == {
            currency: {
                name: sum((Decimal(row[name]) for row in rows), Decimal(0))
                for name in ("amount", "paid_amount", "due_amount")
            }
            for currency, rows in by_currency(page["result"]).items()
        }


def added(row: dict[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(row[name]) for name in ("amount", "paid_amount", "due_amount")}


def by_currency(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["currency"]].append(row)
    return found


@pytest.mark.usefixtures("every_status")
def test_pages_lead_through_everything_and_back(ask: Ask) -> None:
    first = ask(limit=4).json()
    second = ask(limit=4, next_cursor=first["next_cursor"]).json()
    assert [row["id"] for row in first["result"] + second["result"]] == [8, 6, 5, 4, 3, 2, 1]
    assert second["next_cursor"] is None
    back = ask(limit=4, next_cursor=second["prev_cursor"]).json()
    assert [row["id"] for row in back["result"]] == [8, 6, 5, 4]
    assert ask(limit=4, status="paid", next_cursor=first["next_cursor"]).status_code == 400


@pytest.mark.usefixtures("every_status")
def test_payments_and_line_items_by_project_come_with_the_invoice(mirror: Mirror, ask: Ask) -> None:
    site, app = ({"id": number, "name": name, "code": None} for number, name in ((5, "Site"), (6, "App")))
    lines = [
        {"id": 1, "kind": "Service", "quantity": 1.5, "unit_price": 20.0, "amount": 30.0, "project": site},
        {"id": 2, "kind": "Service", "quantity": 1, "unit_price": 50.1, "amount": 50.1, "project": app},
        {"id": 3, "kind": "Service", "quantity": 1, "unit_price": 19.9, "amount": 19.9, "project": site},
        {"id": 4, "kind": "Product", "quantity": 1, "unit_price": 0, "amount": 0, "project": None},
    ]
    put(mirror, invoice(4, due_date=SOON, due_amount=60.0, line_items=lines))
    shown = ask("/4").json()
    assert [(row["project"] and row["project"]["name"], row["amount"]) for row in shown["projects"]] == [
        ("Site", "49.90"),
        ("App", "50.10"),
        (None, "0.00"),
    ]
    assert [line["id"] for line in shown["projects"][0]["line_items"]] == [1, 3]
    assert [(row["id"], row["amount"], row["external_id"]) for row in shown["payments"]] == [(901, "40.00", None)]
    assert ids(ask(project_id=6)) == [4]


@pytest.mark.usefixtures("every_status")
def test_the_public_link_takes_a_scope_of_its_own(
    board: NewHostApp, mirror: Mirror, linked_account: Connection, ask: Ask
) -> None:
    fill(mirror, "company", {"base_uri": "https://fennel.harvestapp.com", "name": "Fennel"})
    """Which no key has unless somebody chooses it."""
    for path in ("/2", ""):
        assert f"{2:040x}" not in ask(path).content.decode()
    _, chosen = issue_api_key(host_app=board.host_app, scopes=[Scope.INVOICES, Scope.INVOICE_LINKS])
    shown = rest(chosen).get("/invoices/2", {"integrated_account_id": str(linked_account.pk)}).json()
    assert shown["public_url"] == f"https://fennel.harvestapp.com/client/invoices/{2:040x}"


@pytest.mark.usefixtures("every_status")
def test_days_count_in_the_accounts_own_zone(api: APIClient, linked_account: Connection, ask: Ask) -> None:
    where = f"/invoices/settings?integrated_account_id={linked_account.pk}"
    assert api.get(where).json()["timezone"] == "UTC"
    assert api.patch(where, {"timezone": "Pacific/Kiritimati"}, format="json").json()["timezone"] == (
        "Pacific/Kiritimati"
    )
    east = {row["id"]: row["days_overdue"] for row in ask(status="overdue").json()["result"]}
    api.patch(where, {"timezone": "Pacific/Pago_Pago"}, format="json")
    west = {row["id"]: row["days_overdue"] for row in ask(status="overdue").json()["result"]}
    assert {key: east[key] - west[key] for key in east} in ({3: 1, 8: 1}, {3: 2, 8: 2})
    refused = api.patch(where, {"timezone": "Berlin"}, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["timezone"])
    assert AccountSettings.objects.get().timezone == "Pacific/Pago_Pago"


def test_estimates_are_read_likewise(mirror: Mirror, ask: Ask) -> None:
    kept = ("id", "number", "client", "currency", "amount", "issue_date", "created_at", "updated_at", "client_key")
    plain = {name: value for name, value in invoice(1).items() if name in kept}
    fill(
        mirror, "estimates", *(plain | {"id": number, "state": state} for number, state in ((1, "sent"), (2, "draft")))
    )
    assert ids(ask("/estimates")) == [1, 2]
    assert ids(ask("/estimates", status="sent")) == [1]
    assert ask("/estimates/1").json()["amount"] == "100.00"


def test_an_account_that_is_not_mirrored_says_how_to_begin(linked_account: Connection, ask: Ask) -> None:
    answer = ask()
    assert (answer.status_code, answer.json()["code"]) == (404, "not_mirrored")


@pytest.mark.usefixtures("every_status")
def test_nobody_reads_another_hosts_invoices(stranger: NewHostApp, linked_account: Connection) -> None:
    answer = rest(stranger.api_key).get("/invoices/2", {"integrated_account_id": str(linked_account.pk)})
    assert answer.status_code == 404
    assert ApiKey.objects.count() == 2
