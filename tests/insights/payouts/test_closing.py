"""Verified against Harvest itself, closed once and for good, exported, paid; each by a named person."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from harvest_bridge.insights.payouts import services
from harvest_bridge.insights.payouts.errors import (
    AlreadyPaid,
    ChangedSinceVerified,
    DiffersFromHarvest,
    PeriodClosed,
    StepRefused,
)
from harvest_bridge.insights.payouts.models import Line, Period, Statement, Step
from harvest_bridge.webhooks.models import Event

from .account import DANA, EMIL, Account


@pytest.fixture
def november(account: Account) -> Period:
    account.entry(1, "2026-11-02", 2)
    account.entry(2, "2026-11-03", "1.5", 60, user_id=EMIL)
    account.sync()
    return account.plan()


def test_each_step_is_taken_in_turn_by_a_named_person(account: Account, november: Period) -> None:
    with pytest.raises(StepRefused, match="verify it first"):
        services.close_period(period=november, by="Clara", send=account.send)
    account.close(account.verify(november))
    with pytest.raises(StepRefused, match="export it first"):
        services.mark_paid(period=november, by="Pia", reference="W-1")
    services.mark_exported(period=november, by="Ed", form="wise")
    services.mark_paid(period=november, by="Pia", reference="W-1")
    november.refresh_from_db()
    assert november.state == "paid"
    assert [(one.what, one.by) for one in november.steps.all()] == [
        *(("verified", "Vera"), ("closed", "Clara"), ("exported", "Ed"), ("paid", "Pia"), ("paid", "Pia"))
    ]
    told = [event.type for event in Event.objects.order_by("id") if event.type.startswith("payout.")]
    assert told == ["payout.verified", "payout.closed", "payout.paid"]


@pytest.mark.parametrize("field", ["hours", "cost_rate", "approval_status", "spent_date"])
def test_any_difference_from_harvest_is_refused_with_both_sides(account: Account, november: Period, field: str) -> None:
    news = {"hours": 2.25, "cost_rate": 81, "approval_status": "submitted", "spent_date": "2026-11-05"}
    account.change("time_entries", 1, **{field: news[field]})
    with pytest.raises(DiffersFromHarvest, match="time_entries 1") as refusal:
        account.verify(november)
    (difference,) = refusal.value.extra["differences"]
    (sides,) = difference["fields"].values()
    assert sides["mirror"] != sides["harvest"]
    november.refresh_from_db()
    assert november.state == "draft"


def test_entries_and_contractors_that_the_mirror_does_not_know_are_differences(
    account: Account, november: Period
) -> None:
    account.entry(3, "2026-11-04", 1)
    account.remove("time_entries", 2)
    account.change("users", 13, is_contractor=True)
    account.company["currency"] = "USD"
    with pytest.raises(DiffersFromHarvest) as refusal:
        account.verify(november)
    named = {(one["resource"], one["id"]) for one in refusal.value.extra["differences"]}
    assert named == {("company", 1), ("users", 13), ("time_entries", 2), ("time_entries", 3)}


def test_what_changed_since_it_was_verified_is_a_draft_again(account: Account, november: Period) -> None:
    account.verify(november)
    account.change("time_entries", 1, hours=3)
    account.sync()
    with pytest.raises(ChangedSinceVerified):
        services.close_period(period=november, by="Clara", send=account.send)
    november.refresh_from_db()
    assert november.state == "draft"


def test_closing_looks_at_harvest_once_more(account: Account, november: Period) -> None:
    account.verify(november)
    account.change("time_entries", 1, hours=3)
    with pytest.raises(DiffersFromHarvest):
        services.close_period(period=november, by="Clara", send=account.send)
    assert not Statement.objects.exists()


def test_closing_twice_makes_one(account: Account, november: Period) -> None:
    account.close(november)
    before = list(Statement.objects.values_list("sha256", flat=True))
    services.close_period(period=november, by="Somebody else", send=account.send)
    assert list(Statement.objects.values_list("sha256", flat=True)) == before


def test_a_closed_period_is_neither_deleted_nor_verified(account: Account, november: Period) -> None:
    account.close(november)
    with pytest.raises(PeriodClosed):
        services.delete_period(period=november)
    with pytest.raises(PeriodClosed):
        account.verify(november)


def test_the_database_pays_an_entry_by_one_statement_at_most(account: Account, november: Period) -> None:
    account.close(november)
    line = Line.objects.get(harvest_id=1)
    other = Line.objects.get(harvest_id=2).statement
    line.pk, line.statement, line.number = None, other, 99
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save(force_insert=True)


def test_the_same_reference_again_changes_nothing_and_another_is_refused(account: Account, november: Period) -> None:
    account.close(november)
    services.mark_exported(period=november, by="Ed", form="csv")
    danas = Statement.objects.get(user_id=DANA)
    for _ in range(2):
        services.mark_paid(period=november, by="Pia", reference="W-1", statements=[danas])
    assert Step.objects.filter(what="paid").count() == 1
    with pytest.raises(AlreadyPaid, match="W-1"):
        services.mark_paid(period=november, by="Pia", reference="W-2", statements=[danas])
    november.refresh_from_db()
    assert november.state == "exported"
    services.mark_paid(period=november, by="Pia", reference="W-2")
    references = Statement.objects.order_by("user_id").values_list("payment_reference", flat=True)
    assert list(references) == ["W-1", "W-2"]


def test_verifystatements_finds_no_fault_in_what_nobody_altered(account: Account, november: Period) -> None:
    account.close(november)
    account.entry(3, "2026-12-01", 1)
    account.sync()
    account.pay(date(2026, 12, 1))
    call_command("verifystatements")


ALTERED = [
    ("insights_line", "amount_micros = amount_micros + 10000"),
    ("insights_line", "rate_micros = 1"),
    ("insights_line", "project_name = 'Other'"),
    ("insights_line", "standing_micros = 0"),
    ("insights_statement", "person_name = 'Mallory'"),
    ("insights_statement", "closed_by = 'Mallory'"),
    ("insights_statement", "hours_micros = 0"),
    ("insights_statement", "totals = '[]'"),
    ("insights_statement", "sha256 = 'f'"),
    ("insights_statement", "previous_sha256 = 'f'"),
    ("insights_period", "policy = 'all'"),
    ("insights_period", "last_day = '2026-12-24'"),
]


@pytest.mark.parametrize(("table", "change"), ALTERED, ids=[change for _, change in ALTERED])
def test_verifystatements_finds_every_altered_row(
    account: Account, november: Period, table: str, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account.close(november)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")
    with pytest.raises(CommandError, match="altered"):
        call_command("verifystatements")


@pytest.mark.parametrize("of", ["insights_line WHERE harvest_id = 1", "insights_statement WHERE sequence = 2"])
def test_verifystatements_finds_a_removed_row(account: Account, november: Period, of: str) -> None:
    account.close(november)
    with connection.cursor() as cursor:
        if "statement" in of:
            cursor.execute(
                "DELETE FROM insights_line WHERE statement_id IN (SELECT id FROM insights_statement WHERE sequence = 2)"
            )
        cursor.execute(f"DELETE FROM {of}")
    with pytest.raises(CommandError, match="altered"):
        call_command("verifystatements")


@pytest.mark.django_db(transaction=True)
def test_closing_from_two_places_at_once_makes_one(account: Account, november: Period) -> None:
    account.verify(november)
    failed: list[Exception] = []

    def close() -> None:
        try:
            mine = Period.objects.select_related("connection").get(pk=november.pk)
            services.close_period(period=mine, by="Clara", send=account.send)
        except Exception as error:  # noqa: BLE001 (told below)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert list(Statement.objects.values_list("sequence", "user_id")) == [(1, DANA), (2, EMIL)]
    assert Step.objects.filter(what="closed").count() == 1
