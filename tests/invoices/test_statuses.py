"""The one status, as a function of amounts, state, dates and zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.invoices.statuses import Facts, Status, condition, days_overdue, status_of
from harvest_bridge.invoices.zones import today_in
from harvest_bridge.mirror.columns import day_of
from harvest_bridge.mirror.models import Invoice, Mirror

from .hypothesis_settings import TRIED

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
MONEY = st.decimals(Decimal("-10"), Decimal("100000"), places=2)
FACTS = st.builds(
    Facts,
    state=st.sampled_from(["draft", "open", "paid", "closed", "something new"]),
    amount=MONEY,
    due_amount=MONEY,
    due_date=st.none() | DAYS,
    is_deleted=st.booleans(),
)


@TRIED
@given(facts=FACTS, today=DAYS)
def test_a_status_says_what_it_says_and_nothing_else(facts: Facts, today: date) -> None:
    match status_of(facts, today=today):
        case Status.DELETED:
            assert facts.is_deleted
        case Status.DRAFT:
            assert facts.state == "draft"
        case Status.WRITTEN_OFF:
            assert facts.state == "closed"
        case Status.PAID:
            assert facts.due_amount <= 0
        case Status.OVERDUE:
            assert facts.due_amount > 0
            assert facts.due_date is not None
            assert facts.due_date < today
        case Status.PARTIALLY_PAID:
            assert 0 < facts.due_amount < facts.amount
            assert facts.due_date is None or facts.due_date >= today
        case Status.OPEN:
            assert facts.due_amount > 0
            assert facts.paid_amount <= 0
            assert facts.due_date is None or facts.due_date >= today


@TRIED
@given(facts=FACTS, today=DAYS)
def test_days_overdue_are_those_since_the_due_date_and_none_of_what_is_not_late(facts: Facts, today: date) -> None:
    days = days_overdue(facts, today=today)
    if status_of(facts, today=today) is Status.OVERDUE:
        assert facts.due_date is not None
        assert facts.due_date + timedelta(days=days) == today
    else:
        assert days == 0


@TRIED
@given(facts=FACTS, today=DAYS, paid=MONEY)
def test_a_payment_never_makes_an_invoice_owe_more(facts: Facts, today: date, paid: Decimal) -> None:
    order = [Status.OVERDUE, Status.OPEN, Status.PARTIALLY_PAID, Status.PAID]
    before = status_of(facts, today=today)
    less = Facts(
        state=facts.state,
        amount=facts.amount,
        due_amount=facts.due_amount - abs(paid),
        due_date=facts.due_date,
        is_deleted=facts.is_deleted,
    )
    after = status_of(less, today=today)
    if before in order:
        assert order.index(after) >= order.index(before)
    else:
        assert after is before


@pytest.mark.parametrize(
    ("zone", "today"),
    [("Pacific/Kiritimati", date(2026, 12, 2)), ("UTC", date(2026, 12, 1)), ("Pacific/Midway", date(2026, 12, 1))],
)
def test_the_day_is_that_of_the_zone(zone: str, today: date) -> None:
    now = datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
    assert today_in(ZoneInfo(zone), now=now) == today


@pytest.mark.django_db
def test_a_list_narrowed_to_a_status_finds_those_that_have_it(mirror: Mirror) -> None:
    """The condition in the database is the same function, on every combination of amounts, states and days."""
    today = date(2026, 11, 24)
    expected: dict[int, Status] = {}
    rows = []
    for state in ("draft", "open", "paid", "closed", "something new"):
        for amount, due in ((10, 10), (10, 4), (10, 0), (10, -1), (0, 0), (-5, -5), (10, 12)):
            for late in (None, -1, 0, 1):
                key = len(rows) + 1
                due_date = None if late is None else today + timedelta(days=late)
                facts = Facts(state=state, amount=Decimal(amount), due_amount=Decimal(due), due_date=due_date)
                expected[key] = status_of(facts, today=today)
                rows.append(
                    Invoice(
                        mirror=mirror,
                        harvest_id=key,
                        client_id=1,
                        state=state,
                        day=1,
                        month=1,
                        due_day=day_of(due_date),
                        amount_micros=amount * 1_000_000,
                        due_amount_micros=due * 1_000_000,
                    )
                )
    Invoice.objects.bulk_create(rows)
    for status in Status:
        found = Invoice.objects.filter(condition(status, today=today), mirror=mirror)
        wanted = {key for key, each in expected.items() if each is status}
        assert set(found.values_list("harvest_id", flat=True)) == wanted, status
