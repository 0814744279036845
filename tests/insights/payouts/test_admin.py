"""Payouts in the admin: who is in, what blocks, and the steps, of one period and of many."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from harvest_bridge.insights.payouts import services
from harvest_bridge.insights.payouts.models import Period
from tests.console.operators import signed_in, staff, superuser

from .account import DANA, EMIL, Account

PAGES = "/admin/insights/period/"


@pytest.fixture
def operator(account: Account, monkeypatch: pytest.MonkeyPatch) -> Client:
    for function in (services.verify_period, services.close_period):
        monkeypatch.setitem(function.__kwdefaults__, "send", account.send)
    return signed_in(superuser("paula"))


@pytest.fixture
def november(account: Account) -> Period:
    account.entry(1, "2026-11-02", 2)
    account.entry(2, "2026-11-03", 3, approval_status="submitted")
    account.entry(3, "2026-11-03", 1, None, user_id=EMIL)
    account.sync()
    return account.plan()


def page(client: Client, path: str, **fields: object) -> str:
    answer = client.post(path, fields, follow=True) if fields else client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_a_payroll_person_sees_who_is_in_and_what_blocks(operator: Client, november: Period) -> None:
    shown = page(operator, f"{PAGES}{november.pk}/change/")
    for text in ("Dana Frost", "160.00 EUR", "3 h not approved", "Emil Frost", "Blocked", "1 entry without a rate"):
        assert text in shown


def test_each_step_is_a_button_that_asks_first(operator: Client, account: Account, november: Period) -> None:
    address = f"{PAGES}{november.pk}"
    assert "Verified: 1 people" in page(operator, f"{address}/verify/", yes="1")
    assert "Closed: 1 statements" in page(operator, f"{address}/close/", yes="1")
    assert "PAYOUT" not in page(operator, f"{address}/export/")
    file = operator.post(f"{address}/export/", {"format": "csv"})
    assert file["Content-Type"].startswith("text/csv")
    assert "Marked 1 statements as paid: W-1" in page(operator, f"{address}/paid/", reference="W-1")
    november.refresh_from_db()
    assert november.state == "paid"
    assert {step.by for step in november.steps.all()} == {"paula"}
    assert "Statement no. 1" in page(operator, f"{address}/print/{DANA}/")


def test_a_refusal_is_told_and_changes_nothing(operator: Client, account: Account, november: Period) -> None:
    account.change("time_entries", 1, hours=9)
    assert "Harvest differs" in page(operator, f"{PAGES}{november.pk}/verify/", yes="1")
    november.refresh_from_db()
    assert november.state == "draft"


def test_many_periods_go_through_each_step_at_once(operator: Client, account: Account, november: Period) -> None:
    account.entry(4, "2026-12-01", 1)
    account.sync()
    december = account.plan(date(2026, 12, 1))
    chosen = {"_selected_action": [str(november.pk), str(december.pk)]}
    page(operator, PAGES, action="verify_selected", **chosen)
    page(operator, PAGES, action="close_selected", **chosen)
    page(operator, PAGES, action="verify_selected", _selected_action=[str(december.pk)])
    page(operator, PAGES, action="close_selected", _selected_action=[str(december.pk)])
    for period in (november, december):
        services.mark_exported(period=period, by="Ed", form="csv")
    assert "reference" in page(operator, PAGES, action="pay_selected", **chosen)
    page(operator, PAGES, action="pay_selected", reference="W-9", **chosen)
    assert set(Period.objects.values_list("state", flat=True)) == {"paid"}


def test_a_period_is_planned_here_and_an_overlap_is_named(operator: Client, account: Account) -> None:
    given = {
        "account": str(account.mirrored.mirror.pk),
        "kind": "monthly",
        "first_day": "2026-11-01",
        "policy": "approved",
        "rate_source": "cost_rate",
        "cost_currency": "account",
    }
    page(operator, f"{PAGES}plan/", **given)
    assert Period.objects.get().created_by == "paula"
    assert "belongs to the monthly period" in page(operator, f"{PAGES}plan/", **given)


def test_who_may_only_look_has_no_buttons(operator: Client, november: Period) -> None:
    looking = signed_in(staff("vic", "insights.view_period"))
    assert "/verify" not in page(looking, f"{PAGES}{november.pk}/change/")
    assert looking.post(f"{PAGES}{november.pk}/verify/", {"yes": "1"}).status_code == 403


def test_a_closed_period_goes_on_telling_its_adjustments(operator: Client, account: Account) -> None:
    account.entry(1, "2026-11-02", 2)
    account.sync()
    account.pay(date(2026, 11, 1))
    account.change("time_entries", 1, hours="2.5")
    account.sync()
    account.pay(date(2026, 12, 1))
    december = Period.objects.get(first_day=date(2026, 12, 1))
    assert "1 adjustment: 40.00 EUR" in page(operator, f"{PAGES}{december.pk}/change/")


def test_days_are_chosen_in_the_browsers_own_calendar(operator: Client) -> None:
    shown = page(operator, f"{PAGES}plan/")
    assert shown.count('type="date"') == 2
    assert "First day" in shown
