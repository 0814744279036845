"""Hosts are told that something paid has changed as soon as the mirror has it, once for each change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from harvest_bridge.insights.payouts import alerts
from harvest_bridge.insights.payouts.models import OpenAdjustment, Statement
from harvest_bridge.insights.payouts.rates_and_payees import set_rate
from harvest_bridge.webhooks.models import Event

from .account import DANA, EMIL, Account

DECEMBER = date(2026, 12, 1)


@pytest.fixture
def paid(account: Account) -> Account:
    """November is closed: two hours of Dana's at 80, one of Emil's at 60; and looked at."""
    account.entry(1, "2026-11-02", 2)
    account.entry(2, "2026-11-03", 1, 60, user_id=EMIL)
    account.sync()
    account.pay()
    assert look(account) == []
    return account


def look(account: Account) -> list[dict[str, Any]]:
    """What was told, by this look alone."""
    before = set(Event.objects.values_list("pk", flat=True))
    alerts.look_at_all(now=timezone.now())
    rows = Event.objects.filter(type="payout.adjusted").exclude(pk__in=before).order_by("pk")
    return [row.data for row in rows]


def test_a_change_is_told_before_the_next_period_closes(paid: Account) -> None:
    paid.change("time_entries", 1, hours=3)
    paid.sync()

    (told,) = look(paid)

    assert (told["is_settled"], told["by"], told["from"]) == (False, None, "2026-11-01")
    assert told["statement"]["user_id"] == DANA
    (one,) = told["adjustments"]
    assert (one["id"], one["reason"], one["amount"], one["currency"]) == (1, "edited", "80.00", "EUR")
    assert (one["before"]["hours"], one["after"]["hours"]) == ("2", "3")


@pytest.mark.parametrize(
    ("change", "reason", "amount"),
    [
        ({"approval_status": "submitted"}, "unapproved", "-160.00"),
        ({"cost_rate": 70}, "rate", "-20.00"),
        ({"spent_date": "2026-11-09"}, "edited", "0.00"),
        ({"cost_rate": None}, "missing_rate", None),
    ],
)
def test_every_kind_of_change_is_told(
    paid: Account, change: dict[str, object], reason: str, amount: str | None
) -> None:
    paid.change("time_entries", 1, **change)
    paid.sync()

    ((one,),) = [told["adjustments"] for told in look(paid)]

    assert (one["reason"], one["amount"]) == (reason, amount)


def test_a_deletion_is_told(paid: Account) -> None:
    paid.remove("time_entries", 2)
    paid.sync()

    (told,) = look(paid)

    assert told["statement"]["user_id"] == EMIL
    assert told["adjustments"][0]["reason"] == "deleted"


def test_it_is_told_once_and_each_further_change_anew(paid: Account) -> None:
    paid.change("time_entries", 1, hours=3)
    paid.sync()
    assert len(look(paid)) == 1
    paid.change("time_entries", 2, notes="Only words")
    paid.sync()
    assert look(paid) == []

    paid.change("time_entries", 1, hours=4)
    paid.sync()

    assert [told["adjustments"][0]["amount"] for told in look(paid)] == ["160.00"]


def test_a_change_that_is_undone_is_told_as_that(paid: Account) -> None:
    paid.change("time_entries", 1, hours=3)
    paid.sync()
    look(paid)
    paid.change("time_entries", 1, hours=2)
    paid.sync()

    ((one,),) = [told["adjustments"] for told in look(paid)]

    assert (one["reason"], one["amount"]) == ("undone", "0.00")
    assert not OpenAdjustment.objects.exists()
    assert look(paid) == []


def test_the_next_period_makes_up_for_it_and_nothing_is_told_twice(paid: Account) -> None:
    paid.change("time_entries", 1, hours=3)
    paid.sync()
    look(paid)

    paid.pay(DECEMBER)

    assert Statement.objects.latest("sequence").totals == [{"currency": "EUR", "amount": "80.00"}]
    settled = Event.objects.filter(type="payout.adjusted").latest("pk").data
    assert settled["is_settled"] is True
    assert look(paid) == []
    assert not OpenAdjustment.objects.exists()


def test_a_rate_that_is_dated_back_is_told(account: Account) -> None:
    given = {"connection": account.connection, "user_id": DANA, "project_id": None, "task_id": None, "by": "Paula"}
    set_rate(**given, rate=Decimal(70), currency="EUR", starts_on=None)
    account.entry(1, "2026-11-02", 2)
    account.sync()
    account.pay(rate_source="payout_rate")
    look(account)

    set_rate(**given, rate=Decimal(75), currency="EUR", starts_on=date(2026, 11, 1))

    ((one,),) = [told["adjustments"] for told in look(account)]
    assert (one["reason"], one["amount"]) == ("rate", "10.00")
