"""What changes after closing is paid, or taken back, by the next period, with before and after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from harvest_bridge.insights.payouts.drafts import draft_of
from harvest_bridge.insights.payouts.lines import DraftLine
from harvest_bridge.insights.payouts.models import Statement
from harvest_bridge.insights.payouts.rates_and_payees import remove_rate, set_rate
from harvest_bridge.mirror import services as mirror_services
from harvest_bridge.mirror.models import Mirror
from harvest_bridge.webhooks.models import Event

from .account import DANA, EMIL, FAY, Account

DECEMBER = date(2026, 12, 1)
JANUARY = date(2027, 1, 1)


@pytest.fixture
def paid(account: Account) -> Account:
    """November is closed: two hours of Dana's at 80, one of Emil's at 60."""
    account.entry(1, "2026-11-02", 2)
    account.entry(2, "2026-11-03", 1, 60, user_id=EMIL)
    account.sync()
    account.pay()
    return account


def lines_of(account: Account, first: date = DECEMBER, user_id: int = DANA, **terms: object) -> list[DraftLine]:
    draft = draft_of(account.plan(first, **terms))
    return draft.people[user_id].lines if user_id in draft.people else []


@pytest.mark.parametrize(
    ("change", "reason", "amount", "after"),
    [
        ({"hours": "2.5"}, "edited", "40.00", "200.00"),
        ({"cost_rate": 70}, "rate", "-20.00", "140.00"),
        ({"approval_status": "submitted"}, "unapproved", "-160.00", "0.00"),
        ({"is_running": True}, "running", "-160.00", "0.00"),
        ({"spent_date": "2026-11-09"}, "edited", "0.00", "160.00"),
        ({"project": {"id": 22}}, "edited", "0.00", "160.00"),
        ({"spent_date": "2026-12-09"}, "edited", "0.00", "160.00"),
    ],
)
def test_an_edit_is_an_adjustment_with_before_and_after(
    paid: Account, change: dict[str, object], reason: str, amount: str, after: str
) -> None:
    paid.change("time_entries", 1, **change)
    paid.sync()
    (line,) = lines_of(paid)
    assert (line.kind, line.reason, line.amount_micros) == ("adjustment", reason, int(Decimal(amount) * 1_000_000))
    assert line.before is not None
    assert line.after is not None
    assert (line.before["amount"], line.after["amount"]) == ("160.00", after)


def test_a_delete_takes_back_what_was_paid(paid: Account) -> None:
    paid.remove("time_entries", 1)
    paid.sync()
    (line,) = lines_of(paid)
    assert (line.reason, line.amount_micros) == ("deleted", -160_000_000)


def test_nothing_changed_is_nothing_to_adjust(paid: Account) -> None:
    paid.change("time_entries", 1, notes="Only words")
    paid.sync()
    assert lines_of(paid) == []


def test_a_change_is_made_up_for_once_and_the_next_from_there(paid: Account) -> None:
    paid.change("time_entries", 1, approval_status="submitted")
    paid.sync()
    paid.pay(DECEMBER)
    assert Statement.objects.latest("sequence").totals == [{"currency": "EUR", "amount": "-160.00"}]
    assert lines_of(paid, JANUARY) == []
    paid.change("time_entries", 1, approval_status="approved", hours=3)
    paid.sync()
    (line,) = lines_of(paid, date(2027, 2, 1))
    assert line.amount_micros == 240_000_000
    assert line.before is not None
    assert line.before["state"] == "unapproved"


def test_a_host_is_told_of_each_adjustment(paid: Account) -> None:
    paid.change("time_entries", 1, hours=3)
    paid.sync()
    paid.pay(DECEMBER)
    event = Event.objects.get(type="payout.adjusted")
    (told,) = event.data["adjustments"]
    assert (told["id"], told["reason"], told["amount"]) == (1, "edited", "80.00")
    assert told["before"]["hours"] == "2"
    assert told["after"]["hours"] == "3"
    assert (event.data["by"], event.data["is_settled"]) == ("Clara", True)


def test_time_that_is_approved_late_is_a_late_line_of_the_next_period(account: Account) -> None:
    account.entry(1, "2026-11-02", 2, approval_status="submitted")
    account.sync()
    account.pay()
    assert not Statement.objects.exists()
    account.change("time_entries", 1, approval_status="approved")
    account.sync()
    (line,) = lines_of(account)
    assert (line.kind, line.standing.day, line.amount_micros) == ("time", 20759, 160_000_000)


def test_a_late_line_keeps_the_terms_of_the_days_that_it_lies_in(account: Account) -> None:
    """November paid all time, December pays approved time alone."""
    account.entry(1, "2026-11-02", 2)
    account.sync()
    account.pay(policy="all")
    account.entry(2, "2026-11-03", 1, approval_status="submitted")
    account.sync()
    account.pay(DECEMBER)
    assert Statement.objects.latest("sequence").totals == [{"currency": "EUR", "amount": "80.00"}]
    account.change("time_entries", 2, hours="1.5")
    account.sync()

    (line,) = lines_of(account, JANUARY)

    assert (line.harvest_id, line.reason, line.amount_micros) == (2, "edited", 40_000_000)


def test_late_time_of_who_was_no_contractor_then_is_not_paid(paid: Account) -> None:
    paid.change("users", FAY, is_contractor=True)
    paid.entry(3, "2026-11-02", 2, user_id=FAY)
    paid.sync()
    assert lines_of(paid, user_id=FAY) == []


def test_who_was_blocked_is_paid_once_the_rate_is_there(account: Account) -> None:
    account.entry(1, "2026-11-02", 2, None)
    account.entry(2, "2026-11-03", 3)
    account.sync()
    account.pay()
    account.change("time_entries", 1, cost_rate=50)
    account.sync()
    assert [line.amount_micros for line in lines_of(account)] == [100_000_000, 240_000_000]


def test_who_stays_blocked_over_two_periods_is_paid_in_the_third(account: Account) -> None:
    account.entry(1, "2026-11-02", 2, None)
    account.entry(2, "2026-11-03", 3)
    account.sync()
    account.pay()
    account.pay(DECEMBER)
    account.change("time_entries", 1, cost_rate=50)
    account.sync()
    assert [line.amount_micros for line in lines_of(account, JANUARY)] == [100_000_000, 240_000_000]


def test_a_payout_rate_that_is_dated_back_is_an_adjustment(account: Account) -> None:
    given = {"connection": account.connection, "project_id": None, "task_id": None, "currency": "EUR", "by": "Paula"}
    old = set_rate(**given, user_id=None, rate=Decimal(10), starts_on=None)
    account.entry(1, "2026-11-02", 2)
    account.sync()
    account.pay(rate_source="payout_rate")
    set_rate(**given, user_id=DANA, rate=Decimal(12), starts_on=date(2026, 11, 2))
    (line,) = lines_of(account)
    assert (line.reason, line.amount_micros) == ("rate", 4_000_000)
    remove_rate(connection=account.connection, rate_id=old.pk)
    assert old.pk


def test_a_rate_in_another_currency_takes_back_one_sum_and_pays_the_other(account: Account) -> None:
    given = {"connection": account.connection, "project_id": None, "task_id": None, "by": "Paula"}
    set_rate(**given, user_id=None, rate=Decimal(10), currency="EUR", starts_on=None)
    account.entry(1, "2026-11-02", 2)
    account.sync()
    account.pay(rate_source="payout_rate")
    set_rate(**given, user_id=DANA, rate=Decimal(1200), currency="JPY", starts_on=date(2026, 11, 2))
    account.pay(DECEMBER)
    assert Statement.objects.latest("sequence").totals == [
        {"currency": "EUR", "amount": "-20.00"},
        {"currency": "JPY", "amount": "2400"},
    ]
    assert lines_of(account, JANUARY) == []


def test_an_adjustment_waits_for_a_period_that_its_person_is_in(paid: Account) -> None:
    paid.change("time_entries", 1, hours=3)
    paid.sync()
    december = paid.plan(DECEMBER, people=[EMIL])
    draft = draft_of(december)
    assert draft.missing["people_with_open_adjustments"] == 1
    paid.close(december)
    (line,) = lines_of(paid, JANUARY)
    assert line.amount_micros == 80_000_000


def test_a_copy_that_was_begun_anew_loses_no_change(paid: Account) -> None:
    paid.change("time_entries", 1, hours=3)
    paid.sync()
    mirror_services.begin_anew(Mirror.objects.get())
    for name in ("company", "users", "time_entries"):
        paid.mirrored.say(name, "complete")
    (line,) = lines_of(paid)
    assert line.amount_micros == 80_000_000


def test_a_changed_expense_is_an_adjustment_too(account: Account) -> None:
    account.expense(1, "2026-11-02", 100)
    account.sync()
    account.pay(with_expenses=True)
    account.change("expenses", 1, total_cost=90)
    account.sync()
    (line,) = lines_of(account)
    assert (line.resource, line.amount_micros) == ("expenses", -10_000_000)
