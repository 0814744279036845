"""Random payout runs, and three ledger programs that add them up. The arithmetic here is not the product's: whole
numbers alone."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

DIGITS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3}
FIRST = date(2026, 1, 1)


@dataclass(frozen=True)
class Worked:
    """Millionths of hours; the day counts from FIRST."""

    entry_id: int
    day: int
    person: int
    project: int
    hours_micros: int


@dataclass(frozen=True)
class Rate:
    person: int  # 0: anybody
    project: int  # 0: any
    day: int  # from which it holds
    micros: int
    currency: str


@dataclass
class Run:
    """One payout run: who worked what, at rates that change under way, each person in a currency of their own."""

    number: int
    worked: list[Worked] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)


def random_run(number: int) -> Run:
    dice = random.Random(number)
    run = Run(number)
    for person in (1, 2):
        currency = dice.choice(list(DIGITS))
        run.rates.append(Rate(person, 0, 0, dice.randrange(0, 200_000_000), currency))
        for _ in range(dice.randrange(3)):
            project, day = dice.choice((0, 0, 7)), dice.randrange(1, 28)
            if all((one.person, one.project, one.day) != (person, project, day) for one in run.rates):
                run.rates.append(Rate(person, project, day, dice.randrange(1, 200_000_000), currency))
        for _ in range(dice.randrange(1, 5)):
            hours = dice.choice((dice.randrange(1, 24) * 250_000, dice.randrange(1, 10_000_000)))
            entry_id = number * 100 + len(run.worked) + 1
            run.worked.append(Worked(entry_id, dice.randrange(28), person, dice.choice((7, 8)), hours))
    return run


def by_hand(run: Run) -> list[tuple[int, str, int]]:
    """(person, currency, minor units) of each line: half up, in whole numbers."""
    lines = []
    for one in run.worked:
        rate = _rate_of(run, one)
        digits = DIGITS[rate.currency]
        divisor = 10 ** (12 - digits)
        lines.append((one.person, rate.currency, (one.hours_micros * rate.micros * 2 + divisor) // (2 * divisor)))
    return lines


def _rate_of(run: Run, one: Worked) -> Rate:
    for project in (one.project, 0):
        begun = [r for r in run.rates if (r.person, r.project) == (one.person, project) and r.day <= one.day]
        if begun:
            return max(begun, key=lambda rate: rate.day)
    raise AssertionError("each person has a rate from the first day on")


def account_of(run: int, person: int) -> str:
    return f"Expenses:R{run}:P{person}"


def journal(runs: list[Run]) -> str:
    """As hledger, ledger and beancount all read it, but for the accounts that beancount wants opened."""
    parts = []
    for run in runs:
        for person, currency, minor in by_hand(run):
            amount = Decimal(minor).scaleb(-DIGITS[currency])
            account, day = account_of(run.number, person), FIRST + timedelta(days=run.number % 28)
            parts.append(f'{day} * "run"\n  {account}  {amount:f} {currency}\n  Assets:Bank\n')
    return "\n".join(parts)


Totals = dict[tuple[str, str], Decimal]
_ROW = re.compile(r"^\s*(-?[\d.]+) ([A-Z]{3})\s+(Expenses\S+)$")


def hledger(folder: Path, runs: list[Run]) -> Totals:
    command = ["hledger", "-f", str(_written(folder, runs)), "balance", "-N", "--flat", "-O", "csv", "Expenses"]
    rows = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[1:]
    found: Totals = {}
    for account, amounts in (row.strip('"').split('","') for row in rows):
        for amount in amounts.split(", "):
            number, currency = amount.split(" ")
            found[account, currency] = Decimal(number)
    return found


def ledger(folder: Path, runs: list[Run]) -> Totals:
    shape = "%(quantity(scrub(display_total))) %(commodity(scrub(display_total))) %(account)\n"
    command = ["ledger", "-f", str(_written(folder, runs)), "--no-total", "--flat", "balance", "Expenses"]
    rows = subprocess.run([*command, "--format", shape], check=True, capture_output=True, text=True).stdout
    return {(m[3], m[2]): Decimal(m[1]) for row in rows.splitlines() if (m := _ROW.match(row))}


def beancount(folder: Path, runs: list[Run]) -> Totals:
    from beancount import loader
    from beancount.core.data import Transaction

    accounts = {account_of(run.number, person) for run in runs for person in (1, 2)} | {"Assets:Bank"}
    opened = "".join(f"2025-01-01 open {account}\n" for account in sorted(accounts))
    entries, errors, _ = loader.load_string(opened + "\n" + journal(runs))
    assert errors == []
    found: Totals = {}
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            if posting.account.startswith("Expenses"):
                key = (posting.account, posting.units.currency)
                found[key] = found.get(key, Decimal(0)) + posting.units.number
    return found


PROGRAMS: dict[str, Callable[[Path, list[Run]], Totals]] = {
    "hledger": hledger,
    "ledger": ledger,
    "beancount": beancount,
}


def _written(folder: Path, runs: list[Run]) -> Path:
    path = folder / "runs.journal"
    path.write_text(journal(runs))
    return path
