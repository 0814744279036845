"""Whatever the entries and rates: lines add up over any grouping and any split of the days, in any order."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from harvest_bridge.harvest.currencies import minor_units
from harvest_bridge.insights.money import Amounts, from_micros
from harvest_bridge.insights.payouts.canonical import draft_digest
from harvest_bridge.insights.payouts.drafts import draft_of
from harvest_bridge.insights.payouts.entries import Entry
from harvest_bridge.insights.payouts.lines import DraftLine, line_of
from harvest_bridge.insights.payouts.models import PayoutRate, Period
from harvest_bridge.insights.payouts.rates import RateBook
from harvest_bridge.insights.payouts.services import digest_of_draft

from .account import DANA, EMIL, NOVEMBER, Account

CURRENCIES = {1: "EUR", 2: "JPY", 3: "KWD"}
GROUPINGS: list[Callable[[DraftLine], Hashable]] = [
    lambda line: line.user_id,
    lambda line: line.standing.project_id,
    lambda line: (line.standing.client_id, line.standing.task_id),
    lambda line: line.standing.day // 7,
]
# One run of entries, which must come to the same wherever and whenever it is worked out.
KNOWN_DIGEST = "581bc72d73542979a2801d169b68cfd350954e57321c81f262df1112b55310ff"

rates = st.lists(
    st.builds(
        lambda number, user, project, day, micros, client: PayoutRate(
            pk=number,
            user_id=user,
            project_id=project,
            rate_micros=micros,
            currency=CURRENCIES[client],
            starts_on=NOVEMBER.replace(day=day),
        ),
        st.integers(1, 99),
        st.sampled_from([0, 1, 2]),
        st.sampled_from([0, 5]),
        st.integers(1, 28),
        st.integers(0, 10**9),
        st.sampled_from(list(CURRENCIES)),
    ),
    max_size=6,
)
worked = st.lists(
    st.builds(
        lambda day, user, project, task, hours: Entry(
            0, day, user, 3, project, task, hours, None, None, "EUR", "approved", False
        ),
        st.integers(20_758, 20_787),  # November 2026
        st.sampled_from([1, 2]),
        st.sampled_from([5, 6]),
        st.sampled_from([8, 9]),
        st.integers(0, 24_000_000),
    ),
    max_size=30,
)


def lines_of(book: RateBook, entries: list[Entry]) -> list[DraftLine]:
    numbered = [entry._replace(harvest_id=number) for number, entry in enumerate(entries, 1)]
    return [line_of(entry, book.rate_of) for entry in numbered]


def totals(lines: list[DraftLine]) -> Amounts:
    return Amounts.of((from_micros(one.amount_micros), one.standing.currency) for one in lines)


def anybodys(rates: list[PayoutRate]) -> RateBook:
    """With one that holds where no other does."""
    return RateBook([*rates, PayoutRate(pk=100, rate_micros=12_345_678, currency="EUR")])


@given(rates, worked)
def test_sums_over_any_grouping_and_any_split_are_equal(rates: list[PayoutRate], entries: list[Entry]) -> None:
    lines = lines_of(anybodys(rates), entries)
    whole = totals(lines)

    for group in GROUPINGS:
        parts = {group(line) for line in lines}
        grouped = Amounts()
        for part in parts:
            for currency, amount in totals([line for line in lines if group(line) == part]).items():
                grouped.add(amount, currency)
        assert grouped == whole
    for line in lines:
        exact = from_micros(line.amount_micros)
        assert exact == round(exact, minor_units(line.standing.currency))


@given(rates, worked, st.randoms())
def test_the_order_of_entries_and_rates_is_of_no_matter(
    rates: list[PayoutRate], entries: list[Entry], dice: random.Random
) -> None:
    book = anybodys(list({(one.user_id, one.project_id, one.starts_on): one for one in rates}.values()))
    lines = lines_of(book, entries)
    shuffled = dice.sample(lines, len(lines))

    period = Period(kind="monthly", first_day=NOVEMBER, last_day=NOVEMBER.replace(day=30))
    digests = {draft_digest(period, {DANA: sorted(some, key=lambda line: line.order)}) for some in (lines, shuffled)}

    assert len(digests) == 1
    if lines:
        other = [replace(lines[0], amount_micros=lines[0].amount_micros + 1), *lines[1:]]
        assert draft_digest(period, {DANA: sorted(other, key=lambda line: line.order)}) not in digests


def test_the_same_entries_have_the_same_digest_on_every_database(account: Account) -> None:
    dice = random.Random(18)
    for number in dice.sample(range(1, 61), 60):
        fixed = random.Random(number)
        account.entry(
            number,
            f"2026-11-{fixed.randint(1, 30):02}",
            str(Decimal(fixed.randrange(1, 900)) / 100),
            str(Decimal(fixed.randrange(0, 900_000)) / 10_000),
            user_id=fixed.choice((DANA, EMIL)),
            client_id=fixed.choice((1, 2)),
            project_id=fixed.choice((21, 22)),
        )
    account.sync()

    assert digest_of_draft(draft_of(account.plan(cost_currency="client"))) == KNOWN_DIGEST
