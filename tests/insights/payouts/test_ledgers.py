"""Random payout runs come to the same as three ledger programs make of them, to the minor unit.

`make payout-runs` takes 10,000; here it is a few. hledger and ledger are Debian packages: skipped where absent.
"""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from harvest_bridge.insights.money import Amounts, from_micros
from harvest_bridge.insights.payouts.days import number_of
from harvest_bridge.insights.payouts.entries import Entry
from harvest_bridge.insights.payouts.lines import line_of
from harvest_bridge.insights.payouts.models import PayoutRate
from harvest_bridge.insights.payouts.rates import RateBook

from .ledgers import FIRST, PROGRAMS, Run, Totals, account_of, random_run

RUNS = [random_run(number) for number in range(1, int(os.environ.get("PAYOUT_RUNS", "150")) + 1)]


def our_totals(run: Run) -> dict[int, Amounts]:
    """By person, as a statement sums its lines."""
    book = RateBook(
        PayoutRate(
            pk=number,
            user_id=rate.person,
            project_id=rate.project,
            task_id=0,
            rate_micros=rate.micros,
            currency=rate.currency,
            starts_on=FIRST + timedelta(days=rate.day),
        )
        for number, rate in enumerate(run.rates, 1)
    )
    found: dict[int, Amounts] = {}
    for one in run.worked:
        day = number_of(FIRST) + one.day
        entry = Entry(
            *(one.entry_id, day, one.person, 1, one.project, 3, one.hours_micros, None, None, "", "approved", False)
        )
        line = line_of(entry, book.rate_of)
        found.setdefault(one.person, Amounts()).add(from_micros(line.amount_micros), line.standing.currency)
    return found


@pytest.fixture(scope="module")
def ours() -> Totals:
    return {
        (account_of(run.number, person), currency): amount
        for run in RUNS
        for person, amounts in our_totals(run).items()
        for currency, amount in amounts.items()
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_ledger_program_comes_to_the_same(program: str, ours: Totals, tmp_path: Path) -> None:
    if program != "beancount" and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed: apt-get install {program}")
    theirs = PROGRAMS[program](tmp_path, RUNS)
    differing = {
        key: (ours.get(key), theirs.get(key))
        for key in {*ours, *theirs}
        if ours.get(key, Decimal(0)) != theirs.get(key, Decimal(0))
    }
    assert differing == {}
    assert len(ours) >= len(RUNS)
