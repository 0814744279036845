"""What work earned and cost, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, expense, project

pytestmark = pytest.mark.django_db
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
TEN_DAYS = {"from": "2026-03-01", "to": "2026-03-10"}


def rows(ask: Asking, **query: Any) -> dict[str, Any]:
    return {row["id"]: row for row in ask.get("profitability", **{**MARCH, **query})["result"]}


def amounts(ask: Asking, of: str, **query: Any) -> Any:
    [found] = rows(ask, **query)[of]["amounts"]
    return found


def test_a_project_by_the_hour(website: Mirrored, ask: Asking) -> None:
    assert amounts(ask, "5") == {
        "currency": "EUR",
        "revenue": "300.00",  # 2 rounded hours × 100 + 100 of billable expenses
        "labour_cost": "495.00",  # 9.9 hours × 50
        "expenses": "130.00",
        "invoiced": "0.00",
        "uninvoiced": "300.00",
        "write_offs": "0.00",
        "margin": "-325.00",
        "margin_share": "-1.0833",
        "effective_rate": "30.00",  # 300 ÷ 10 rounded hours
    }


def fixed(website: Mirrored, **fields: Any) -> None:
    """3,100 for the 31 days of March."""
    given = {"is_fixed_fee": True, "fee": 3100, "starts_on": "2026-03-01", "ends_on": "2026-03-31", **fields}
    website.put("projects", project(6, 3, **given))


def invoice(number: int, amount: float, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "number": str(number),
        "state": "open",
        "issue_date": "2026-03-05",
        "amount": amount,
        "due_amount": amount,
        "currency": "EUR",
        "client": {"id": 3, "name": "Client 3"},
        "line_items": [{"id": number, "amount": amount, "project": {"id": 6, "name": "Project 6"}}],
        **fields,
    }


def test_harvest_spreads_a_fixed_fee_over_its_days(website: Mirrored, ask: Asking) -> None:
    fixed(website)

    assert amounts(ask, "6", **TEN_DAYS)["revenue"] == "1000.00"


def test_harvest_takes_what_was_invoiced_where_that_is_more(website: Mirrored, ask: Asking) -> None:
    fixed(website)
    website.put("invoices", invoice(1, 1500), invoice(2, 9000, state="draft"))

    found = amounts(ask, "6", **TEN_DAYS)

    assert (found["revenue"], found["invoiced"]) == ("1500.00", "1500.00")
    assert amounts(ask, "6")["revenue"] == "3100.00"


def test_what_was_invoiced_in_another_currency_is_converted_before_it_is_compared(
    website: Mirrored, ask: Asking
) -> None:
    """1,500 USD are 1,380 EUR: more than the 1,000 that ten days earn, and not 1,500."""
    fixed(website)
    website.put("invoices", invoice(1, 1500, currency="USD"))

    unknown = ask.get("profitability", **TEN_DAYS)

    assert unknown["missing"] == {"fixed_fees_invoiced_in_other_currencies": 1}
    [row] = [row for row in unknown["result"] if row["id"] == "6"]
    assert {one["currency"]: one["revenue"] for one in row["amounts"]} == {"EUR": None, "USD": "0.00"}

    rate = {"source": "USD", "target": "EUR", "starts_on": "2026-01-01", "rate": "0.92"}
    ask.send("put", "exchange-rates", {"rates": [rate]})

    assert rows(ask, **TEN_DAYS)["6"]["amounts"][0]["revenue"] == "1380.00"


def test_a_fee_without_dates_is_unknown_and_named(website: Mirrored, ask: Asking) -> None:
    fixed(website, ends_on=None)
    website.put("time_entries", entry(9, "2026-03-04", 1, project=6))

    answer = ask.get("profitability", **MARCH)

    [found] = next(row for row in answer["result"] if row["id"] == "6")["amounts"]
    assert (found["revenue"], found["margin"]) == (None, None)
    assert answer["missing"]["projects_without_fee_or_dates"] == 1
    assert answer["total"]["amounts"][0]["revenue"] is None


def test_by_accrual_a_fee_is_earned_by_its_share_of_the_budget_and_never_beyond_it(
    website: Mirrored, ask: Asking
) -> None:
    fixed(website, budget_by="project", budget=100)
    website.put("time_entries", entry(10, "2026-02-20", 90, project=6), entry(11, "2026-03-04", 5, project=6))
    assert amounts(ask, "6", definition="accrual")["revenue"] == "155.00"  # 3,100 × 5 ÷ 100

    website.put("time_entries", entry(12, "2026-03-05", 24, project=6))

    assert amounts(ask, "6", definition="accrual")["revenue"] == "310.00"  # from 90 to 100 of 100


def test_by_accrual_without_a_budget_it_is_unknown_and_named(website: Mirrored, ask: Asking) -> None:
    fixed(website)
    website.put("time_entries", entry(11, "2026-03-04", 5, project=6))

    answer = ask.get("profitability", **MARCH, definition="accrual")

    assert answer["missing"]["projects_without_fee_or_budgeted_hours"] == 1


def test_a_missing_cost_rate_makes_cost_and_margin_unknown_and_is_counted(website: Mirrored, ask: Asking) -> None:
    website.put("time_entries", entry(3, "2026-03-04", 1, cost_rate=None), entry(4, "2026-03-04", 1, cost_rate=None))

    answer = ask.get("profitability", **MARCH)

    [found] = answer["result"][0]["amounts"]
    assert (found["labour_cost"], found["margin"], found["revenue"]) == (None, None, "500.00")
    assert answer["missing"] == {"entries_without_cost_rate": 2}


def test_a_missing_billable_rate_is_unknown_unless_the_project_bills_nothing(website: Mirrored, ask: Asking) -> None:
    website.put("projects", project(7, 3, bill_by="none"))
    website.put("time_entries", entry(3, "2026-03-04", 1, project=7, billable_rate=None))
    assert amounts(ask, "7")["revenue"] == "0.00"

    website.put("time_entries", entry(4, "2026-03-04", 1, billable_rate=None))

    answer = ask.get("profitability", **MARCH)
    assert answer["missing"] == {"entries_without_billable_rate": 1}
    assert amounts(ask, "5")["revenue"] is None


@pytest.mark.parametrize(("client", "rate", "shown"), [(8, 1234.5, "413"), (9, 1.0015, "0.335"), (3, 0.1, "0.03")])
def test_money_is_rounded_half_up_once_to_the_currencys_own_unit(
    website: Mirrored, ask: Asking, client: int, rate: float, shown: str
) -> None:
    """0.3345 h × 1,234.5 JPY = 412.94…, 0.3345 h × 1.0015 KWD = 0.33500…, 0.25 h × 0.1 EUR = 0.025."""
    website.put("projects", project(70, client))
    hours = {8: 0.3345, 9: 0.3345, 3: 0.25}[client]
    website.put("time_entries", entry(30, "2026-03-04", hours, project=70, billable_rate=rate, cost_rate=0.0))

    assert amounts(ask, "70")["revenue"] == shown


def test_cost_of_another_currency_is_no_margin_without_an_exchange_rate(website: Mirrored, ask: Asking) -> None:
    website.put("projects", project(80, 4))
    website.put("time_entries", entry(40, "2026-03-04", 10, project=80, billable_rate=120.0))
    answer = ask.get("profitability", **MARCH)
    dollars = next(row for row in answer["result"] if row["id"] == "80")
    assert [(one["currency"], one["revenue"], one["labour_cost"], one["margin"]) for one in dollars["amounts"]] == [
        ("USD", "1200.00", None, None)
    ]
    assert dollars["account_labour_cost"] == {"currency": "EUR", "amount": "500.00"}
    assert answer["missing"] == {"labour_costs_without_exchange_rate": 1}
    assert {one["currency"] for one in answer["total"]["amounts"]} == {"EUR", "USD"}

    rate = {"source": "EUR", "target": "USD", "starts_on": "2026-03-01", "rate": "1.1"}
    ask.send("put", "exchange-rates", {"rates": [rate]})

    found = amounts(ask, "80")
    assert (found["labour_cost"], found["margin"]) == ("550.00", "650.00")


def test_each_day_is_converted_by_its_own_rate(website: Mirrored, ask: Asking) -> None:
    website.put("projects", project(80, 4))
    website.put(
        "time_entries",
        entry(40, "2026-03-09", 1, project=80, cost_rate=0.0),
        entry(41, "2026-03-10", 1, project=80, cost_rate=0.0),
    )
    rates = [("2026-01-01", "0.9"), ("2026-03-10", "0.8")]
    body = [{"source": "USD", "target": "EUR", "starts_on": day, "rate": rate} for day, rate in rates]
    ask.send("put", "exchange-rates", {"rates": body})

    answer = ask.get("profitability", **MARCH, currency="EUR")

    [found] = next(row for row in answer["result"] if row["id"] == "80")["amounts"]
    assert (found["currency"], found["revenue"]) == ("EUR", "170.00")
    [total] = answer["total"]["amounts"]
    assert total["revenue"] == "470.00"


def test_what_cannot_be_converted_is_unknown_and_named(website: Mirrored, ask: Asking) -> None:
    website.put("projects", project(80, 4))
    website.put("time_entries", entry(40, "2026-03-09", 1, project=80))

    answer = ask.get("profitability", **MARCH, currency="EUR")

    assert answer["missing"]["amounts_without_exchange_rate"]
    [total] = answer["total"]["amounts"]
    assert (total["currency"], total["revenue"], total["labour_cost"]) == ("EUR", None, "545.00")


def test_a_write_off_is_what_a_closed_invoice_still_owed(website: Mirrored, ask: Asking) -> None:
    lines = [
        {"id": 1, "amount": 300, "project": {"id": 5, "name": "Project 5"}},
        {"id": 2, "amount": 100, "project": None},
    ]
    website.put("invoices", invoice(1, 400, state="closed", due_amount=80, line_items=lines))

    assert amounts(ask, "5")["write_offs"] == "60.00"
    assert amounts(ask, "none")["write_offs"] == "20.00"
    assert amounts(ask, "3", by="client")["write_offs"] == "80.00"


def test_a_project_that_moved_takes_its_entries_along(website: Mirrored, ask: Asking) -> None:
    """Their own copies of the client change only later, if ever."""
    website.put("projects", project(5, 4))

    found = rows(ask, by="client")

    assert set(found) == {"4"}
    assert found["4"]["amounts"][0]["currency"] == "USD"


def test_billed_time_is_not_uninvoiced(website: Mirrored, ask: Asking) -> None:
    website.put("time_entries", entry(3, "2026-03-04", 1, is_billed=True))
    website.put("expenses", expense(3, "2026-03-04", 10, is_billed=True))

    assert amounts(ask, "5")["uninvoiced"] == "300.00"
    assert amounts(ask, "5")["revenue"] == "410.00"


def test_invoices_that_cannot_be_read_leave_what_they_tell_unknown(website: Mirrored, ask: Asking) -> None:
    website.say("invoices", "forbidden", "rights", "administrator")

    answer = ask.get("profitability", **MARCH)

    assert answer["coverage"]["is_complete"] is False
    assert answer["missing"] == {"invoices_not_known": 1}
    assert answer["result"][0]["amounts"][0]["invoiced"] is None
    assert answer["result"][0]["amounts"][0]["revenue"] == "300.00"


@pytest.mark.parametrize("resource", ["time_entries", "expenses", "projects", "company"])
def test_a_stream_that_it_is_made_of_is_a_409(website: Mirrored, ask: Asking, resource: str) -> None:
    website.say(resource, "forbidden", "rights", "administrator")

    refused = ask.get("profitability", **MARCH, status=409)

    assert (refused["code"], list(refused["streams"])) == ("stream_not_complete", [resource])


def test_a_row_opens_into_its_entries(website: Mirrored, ask: Asking) -> None:
    for by in ("project", "client", "task", "person", "month"):
        for row in rows(ask, by=by).values():
            if row["entries"]:
                assert ask.follow(row["entries"])["total"]["rounded_hours"] == row["tracked_hours"]


def test_a_client_without_a_project_has_its_name(website: Mirrored, ask: Asking) -> None:
    website.put("clients", client(77, "USD", name="Fennel"))
    line = {"kind": "Service", "amount": 50.0, "project": None}
    named = {"client": {"id": 77, "name": "Fennel"}, "currency": "USD"}
    website.put("invoices", {"id": 1, "state": "open", "issue_date": "2026-03-02", "line_items": [line], **named})

    rows = ask.get("profitability", **{"from": "2026-03-01", "to": "2026-03-31"}, by="client")["result"]

    assert ("77", "Fennel") in {(row["id"], row["name"]) for row in rows}
