"""The whole way over REST, from the plan to the payment."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections import calls
from harvest_bridge.insights.payouts import services

from .account import DANA, EMIL, Account

DANAS_IBAN = "DE89 3704 0044 0532 0130 00"


class Rest:
    def __init__(self, client: APIClient, account: Account) -> None:
        self.client, self.query = client, f"?integrated_account_id={account.connection.pk}"

    def get(self, path: str = "", status: int = 200) -> Any:
        answer = self.client.get(f"/insights/payouts{path}{self.query}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.client.post(f"/insights/payouts{path}{self.query}", {"by": "Paula", **body}, format="json")
        assert answer.status_code == status, answer.content
        return answer if "export" in path and status == 200 else answer.json()

    def put(self, path: str, **body: Any) -> Any:
        answer = self.client.put(f"/insights/payouts{path}{self.query}", body, format="json")
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def rest(api: APIClient, account: Account, monkeypatch: pytest.MonkeyPatch) -> Rest:
    """Harvest is the account in memory."""
    for function in (services.verify_period, services.close_period):
        monkeypatch.setitem(function.__kwdefaults__, "send", account.send)
    assert calls.send is not account.send
    account.entry(1, "2026-11-02", "1.5", 80)
    account.entry(2, "2026-11-03", 2, 50, user_id=EMIL)
    account.expense(1, "2026-11-04", "19.99")
    account.sync()
    return Rest(api, account)


@pytest.fixture
def closed(rest: Rest) -> str:
    period = rest.post("", kind="monthly", **{"from": "2026-11-01"}, with_expenses=True)["id"]
    rest.post(f"/{period}/verify")
    rest.post(f"/{period}/close")
    return str(period)


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


def test_from_the_plan_to_the_payment(rest: Rest) -> None:
    period = rest.post("", kind="monthly", **{"from": "2026-11-01"}, with_expenses=True)["id"]
    draft = rest.get(f"/{period}")
    assert draft["totals"] == [{"currency": "EUR", "amount": "239.99"}]
    assert draft["coverage"]["is_complete"] is True
    assert draft["definition"] == {"name": "contractor_time", "version": 1}
    rest.post(f"/{period}/verify")
    closed = rest.post(f"/{period}/close")
    assert [one["totals"][0]["amount"] for one in closed["statements"]] == ["139.99", "100.00"]
    rest.post(f"/{period}/export", format="json")
    paid = rest.post(f"/{period}/paid", reference="W-1", statements=[closed["statements"][0]["id"]])
    assert [one["state"] for one in paid["result"]] == ["paid"]
    assert rest.get()["result"][0]["state"] == "exported"
    rest.post(f"/{period}/paid", reference="W-2")
    assert rest.get()["result"][0]["state"] == "paid"
    assert len(rest.post(f"/{period}/paid", reference="W-2")["result"]) == 2
    assert rest.post(f"/{period}/paid", 409, reference="W-3")["code"] == "payout_already_paid"
    lines = rest.get(f"/{period}/people/{DANA}")["lines"]
    assert [(one["id"], one["rate"], one["rate_of"], one["amount"]) for one in lines] == [
        (1, "80", "cost_rate", "120.00"),
        (1, None, None, "19.99"),
    ]


def test_a_stream_that_is_not_whole_is_a_409_that_names_it(rest: Rest, account: Account) -> None:
    period = rest.post("", kind="monthly", **{"from": "2026-11-01"})["id"]
    account.mirrored.say("time_entries", "partial", "loading")
    refusal = rest.get(f"/{period}", 409)
    assert refusal["code"] == "stream_not_complete"
    assert "time_entries" in refusal["message"]


@pytest.mark.parametrize("field", ["statement_ids", "with_expense"])
def test_a_field_that_nobody_knows_is_refused_before_anything_is_done(rest: Rest, closed: str, field: str) -> None:
    rest.post(f"/{closed}/export", format="json")
    refusal = rest.post(f"/{closed}/paid", 400, reference="W-1", **{field: []})
    assert list(refusal["fields"]) == [field]
    assert rest.get()["result"][0]["state"] == "exported"


def test_a_person_is_named_for_each_step(rest: Rest) -> None:
    refusal = rest.post("", 400, kind="monthly", **{"from": "2026-11-01"}, by="")
    assert "by" in refusal["fields"]


def test_wise_takes_the_file(rest: Rest, closed: str) -> None:
    rest.put(f"/payees/{DANA}", name="Dana Frost Ltd", receiver_type="BUSINESS", iban=DANAS_IBAN)
    rows = rows_of(rest.post(f"/{closed}/export", format="wise", source_currency="USD"))
    assert list(rows[0]) == [
        *("name", "recipientEmail", "paymentReference", "receiverType", "amountCurrency", "amount"),
        *("sourceCurrency", "targetCurrency", "IBAN"),
    ]
    assert [*rows[0].values()] == [
        *("Dana Frost Ltd", "dana@example.com", "PAYOUT-1", "BUSINESS", "target", "139.99", "USD", "EUR"),
        DANAS_IBAN.replace(" ", ""),
    ]


def test_gusto_takes_hours_and_expenses_apart(rest: Rest, closed: str) -> None:
    (dana, _) = rows_of(rest.post(f"/{closed}/export", format="gusto"))
    assert (dana["first_name"], dana["last_name"], dana["hours_worked"]) == ("Dana", "Frost", "1.5")
    assert (dana["reimbursement"], dana["contractor_type"]) == ("19.99", "Individual")


def test_paypal_takes_one_currency(rest: Rest, closed: str) -> None:
    rows = rows_of(rest.post(f"/{closed}/export", format="paypal"))
    assert [(row["Email/Phone"], row["Amount"], row["Currency code"]) for row in rows] == [
        ("dana@example.com", "139.99", "EUR"),
        ("emil@example.com", "100.00", "EUR"),
    ]


def test_sepa_is_valid_against_its_schema_and_names_who_lacks_an_iban(rest: Rest, closed: str) -> None:
    debtor = {"name": "Acme", "iban": "NL91ABNA0417164300", "bic": "ABNANL2A"}
    refusal = rest.post(f"/{closed}/export", 422, format="sepa", debtor=debtor)
    assert refusal["user_ids"] == [DANA, EMIL]
    for user_id in (DANA, EMIL):
        rest.put(f"/payees/{user_id}", iban=DANAS_IBAN)
    body = rest.post(f"/{closed}/export", format="sepa", debtor=debtor).content.decode()
    assert "<CtrlSum>239.99</CtrlSum>" in body
    assert "DE89370400440532013000" in body


def test_the_plain_csv_has_a_row_for_each_line_and_no_formula(rest: Rest, account: Account, closed: str) -> None:
    rows = rows_of(rest.post(f"/{closed}/export", format="csv"))
    assert [(row["kind"], row["entry_id"], row["amount"]) for row in rows] == [
        ("time", "1", "120.00"),
        ("expense", "1", "19.99"),
        ("time", "2", "100.00"),
    ]
    account.change("users", DANA, first_name="=cmd()", last_name="")
    account.entry(3, "2026-12-01", 1)
    account.sync()
    period = rest.post("", kind="monthly", **{"from": "2026-12-01"})["id"]
    rest.post(f"/{period}/verify")
    rest.post(f"/{period}/close")
    (row,) = rows_of(rest.post(f"/{period}/export", format="csv"))
    assert row["person"] == "'=cmd()"


def test_a_statement_prints_with_its_lines(rest: Rest, api: APIClient, closed: str) -> None:
    page = api.get(f"/insights/payouts/{closed}/people/{DANA}/print{rest.query}")
    assert page["Content-Type"].startswith("text/html")
    for text in ("Dana Frost", "139.99 EUR", "@media print", "SHA-256"):
        assert text in page.content.decode()


def test_an_iban_is_sealed_and_shown_by_its_end(rest: Rest) -> None:
    assert rest.put(f"/payees/{DANA}", iban=DANAS_IBAN)["iban"] == "…3000"
    answer = rest.client.put(f"/insights/payouts/payees/{DANA}{rest.query}", {"iban": "DE00123"}, format="json")
    assert answer.status_code == 400


def test_a_rate_that_is_taken_is_refused_and_one_that_is_removed_is_gone(rest: Rest) -> None:
    made = rest.post("/rates", user_id=DANA, rate="85.5", currency="EUR", starts_on="2026-11-01")
    assert rest.post("/rates", 409, user_id=DANA, rate="90", currency="EUR", starts_on="2026-11-01")["code"] == (
        "payout_rate_taken"
    )
    rest.client.delete(f"/insights/payouts/rates/{made['id']}{rest.query}")
    assert rest.get("/rates")["result"] == []
