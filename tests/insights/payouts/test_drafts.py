"""Who is in, what each is paid, line by line, and what keeps whom from it: worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.payouts.drafts import draft_of
from harvest_bridge.insights.payouts.errors import PaidThroughAnother, PeriodNotValid, PeriodsOverlap
from harvest_bridge.insights.payouts.rates_and_payees import set_rate
from harvest_bridge.insights.payouts.services import delete_period, digest_of_draft, plan_period

from .account import DANA, EMIL, FAY, NOVEMBER, Account

# Hours, rate, the amount by hand; 2 decimals in EUR, none in JPY, 3 in KWD, each line rounded half up by itself.
BY_HAND = {
    "EUR": [("1.25", "80", "100.00"), ("0.33", "77.77", "25.66"), ("0.005", "1", "0.01"), ("7.1", "33.335", "236.68")],
    "JPY": [("1.25", "80", "100"), ("0.33", "7777", "2566"), ("0.5", "1", "1"), ("0.49", "1", "0")],
    "KWD": [("1.25", "80", "100.000"), ("0.333333", "12.345", "4.115"), ("0.0005", "1", "0.001")],
}


@pytest.mark.parametrize("currency", BY_HAND)
def test_each_line_is_rounded_once_so_that_lines_add_up(account: Account, currency: str) -> None:
    account.company["currency"] = currency
    for number, (hours, rate, _) in enumerate(BY_HAND[currency], 1):
        account.entry(number, f"2026-11-{number:02}", hours, rate)
    account.sync()
    dana = draft_of(account.plan()).people[DANA]
    amounts = [line.amount_micros for line in dana.lines]
    assert amounts == [int(Decimal(by_hand) * 1_000_000) for _, _, by_hand in BY_HAND[currency]]
    assert dana.totals == {currency: sum(Decimal(by_hand) for _, _, by_hand in BY_HAND[currency])}


def test_approved_and_stopped_time_of_contractors_is_paid_and_the_rest_is_named(account: Account) -> None:
    account.entry(1, "2026-11-02", 2)
    account.entry(2, "2026-11-03", 3, approval_status="submitted")
    account.entry(3, "2026-11-04", 1, is_running=True)
    account.entry(4, "2026-11-05", 4, user_id=FAY)
    account.entry(5, "2026-10-31", 5)
    account.entry(6, "2026-12-01", 6)
    account.sync()
    draft = draft_of(account.plan())
    assert list(draft.people) == [DANA, EMIL]
    assert [line.harvest_id for line in draft.people[DANA].lines] == [1]
    assert draft.people[DANA].waiting == {"unapproved": 1, "running_timer": 1}
    assert draft.people[EMIL].state == "nothing_due"


def test_chosen_people_need_not_be_contractors(account: Account) -> None:
    account.entry(1, "2026-11-02", 2, user_id=FAY)
    account.sync()
    draft = draft_of(account.plan(people=[FAY]))
    assert list(draft.people) == [FAY]
    assert draft.totals == {"EUR": Decimal("160.00")}


def test_archived_contractors_are_in_where_they_have_time(account: Account) -> None:
    account.change("users", DANA, is_active=False)
    account.change("users", EMIL, is_active=False)
    account.entry(1, "2026-11-02", 2)
    account.sync()
    assert list(draft_of(account.plan()).people) == [DANA]


def test_the_policy_all_pays_without_approval_and_warns(account: Account) -> None:
    account.entry(1, "2026-11-02", 2, approval_status="unsubmitted")
    account.sync()
    dana = draft_of(account.plan(policy="all")).people[DANA]
    assert dana.totals == {"EUR": Decimal("160.00")}
    assert dana.warnings == ["policy_all: 1 entry paid without approval"]


def test_a_missing_rate_blocks_that_person_alone_and_is_never_zero(account: Account) -> None:
    account.entry(1, "2026-11-02", 2, None)
    account.entry(2, "2026-11-03", 2)
    account.entry(3, "2026-11-03", 1, 0, user_id=EMIL)
    account.sync()
    draft = draft_of(account.plan())
    assert draft.people[DANA].state == "blocked"
    assert draft.people[EMIL].state == "ready"
    assert draft.missing["entries_without_cost_rate"] == 1
    assert draft.totals == {"EUR": Decimal("0.00")}


def test_reimbursable_expenses_are_lines_of_their_own_in_their_own_currency(account: Account) -> None:
    account.entry(1, "2026-11-02", 2)
    account.expense(1, "2026-11-03", "1200", client_id=2)
    account.expense(2, "2026-11-03", "9.995")
    account.expense(3, "2026-11-03", "5", approval_status="submitted")
    account.sync()
    dana = draft_of(account.plan(with_expenses=True)).people[DANA]
    assert dana.totals == {"EUR": Decimal("170.00"), "JPY": Decimal("1200")}
    assert [line.kind for line in dana.lines] == ["time", "expense", "expense"]


def test_the_most_special_payout_rate_of_the_day_applies(account: Account) -> None:
    given = {"connection": account.connection, "task_id": None, "currency": "EUR", "by": "Paula"}
    set_rate(**given, user_id=None, project_id=None, rate=Decimal(10), starts_on=None)
    set_rate(**given, user_id=None, project_id=22, rate=Decimal(20), starts_on=None)
    set_rate(**given, user_id=DANA, project_id=None, rate=Decimal(30), starts_on=date(2026, 11, 10))
    set_rate(**given, user_id=DANA, project_id=None, rate=Decimal(40), starts_on=date(2026, 11, 20))
    for number, day in enumerate((9, 10, 20), 1):
        account.entry(number, f"2026-11-{day:02}", 1, project_id=22)
    account.entry(4, "2026-11-20", 1, user_id=EMIL)
    account.sync()
    draft = draft_of(account.plan(rate_source="payout_rate"))
    assert [line.amount_micros // 1_000_000 for line in draft.people[DANA].lines] == [20, 30, 40]
    assert [line.amount_micros // 1_000_000 for line in draft.people[EMIL].lines] == [10]
    assert draft.people[EMIL].lines[0].standing.rate_of.startswith("payout_rate:")


def test_a_cost_rate_is_in_the_accounts_currency_unless_the_period_says_the_clients(account: Account) -> None:
    account.entry(1, "2026-11-02", "1.5", "80.50", client_id=2)
    account.sync()
    period = account.plan()
    assert draft_of(period).totals == {"EUR": Decimal("120.75")}
    period.cost_currency = "client"
    assert draft_of(period).totals == {"JPY": Decimal("121")}


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("weekly", date(2026, 11, 4), date(2026, 11, 10)),
        ("fortnightly", date(2026, 11, 4), date(2026, 11, 17)),
        ("twice_a_month", date(2026, 2, 1), date(2026, 2, 15)),
        ("twice_a_month", date(2028, 2, 16), date(2028, 2, 29)),
        ("monthly", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_each_kind_of_period_knows_its_last_day(account: Account, kind: str, first: date, last: date) -> None:
    assert account.plan(first, kind).last_day == last


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("monthly", date(2026, 11, 2), None),
        ("twice_a_month", date(2026, 11, 2), None),
        ("weekly", date(2026, 11, 2), date(2026, 11, 9)),
        ("free", date(2026, 11, 2), None),
        ("free", date(2026, 11, 2), date(2026, 11, 1)),
    ],
)
def test_days_that_are_no_period_are_refused(account: Account, kind: str, first: date, last: date | None) -> None:
    with pytest.raises(PeriodNotValid):
        account.plan(first, kind, last)


def test_an_overlap_is_refused_by_its_name(account: Account) -> None:
    november = account.plan()
    with pytest.raises(PeriodsOverlap, match=r"2026-11-28 to 2026-11-30 .*monthly period 2026-11-01") as refusal:
        account.plan(date(2026, 11, 28), "weekly")
    assert refusal.value.extra["period_id"] == str(november.pk)
    account.plan(date(2026, 12, 1))


def test_an_account_is_paid_through_one_connection_however_many_are_linked(account: Account) -> None:
    """The same hours would be paid once for each."""
    first = account.connection
    second = Connection.objects.get(pk=first.pk)
    second.pk, second.tenant_id = uuid4(), "another-customer"
    second.save(force_insert=True)
    period = account.plan()
    for days in ((2026, 11, 1), (2026, 12, 1)):
        with pytest.raises(PaidThroughAnother, match=str(first.pk)):
            plan_period(connection=second, kind="monthly", first_day=date(*days), last_day=None, by="Clara")
    delete_period(period=period)
    moved = plan_period(connection=second, kind="monthly", first_day=NOVEMBER, last_day=None, by="Clara")
    assert moved.connection == second  # nothing was paid through the first
    with pytest.raises(PaidThroughAnother):
        account.plan()


def test_chosen_people_that_share_nobody_may_overlap(account: Account) -> None:
    account.plan(people=[DANA])
    account.plan(people=[EMIL])
    with pytest.raises(PeriodsOverlap):
        account.plan(people=[EMIL, FAY])


def test_the_order_in_which_entries_come_is_irrelevant(account: Account) -> None:
    for number in (1, 2, 3):
        account.entry(number, f"2026-11-{number:02}", number)
        account.sync()
    period = account.plan(NOVEMBER)
    first = digest_of_draft(draft_of(period))
    account.mirrored.delete("time_entries", 1, 2)
    account.mirrored.put("time_entries", account.records["time_entries"][2], account.records["time_entries"][1])
    assert digest_of_draft(draft_of(period)) == first
    # By its value, so that both databases are held to the same.
    assert first.startswith("bac4a4fff3a1")
