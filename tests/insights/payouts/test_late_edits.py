"""Edits, deletions and un-approvals after closing are all flagged; `make payout-runs` makes 1,000 of them."""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import date

from harvest_bridge.insights.payouts.drafts import draft_of

from .account import DANA, EMIL, Account

EDITS = int(os.environ.get("PAYOUT_EDITS", "45"))


def test_every_late_change_is_flagged_and_nothing_else(account: Account) -> None:
    dice = random.Random(18)
    ids = range(1, EDITS * 2 + 1)
    for number in ids:
        day = f"2026-11-{dice.randrange(1, 31):02}"
        account.entry(number, day, dice.randrange(1, 32) / 4, 60, user_id=dice.choice((DANA, EMIL)))
    account.sync()
    account.pay()
    wanted: Counter[str] = Counter()
    touched = dice.sample(ids, EDITS)
    for number in touched:
        wanted[_change(account, number, dice)] += 1
    account.sync()
    december = account.plan(date(2026, 12, 1))
    lines = [line for one in draft_of(december).people.values() for line in one.lines]
    assert sorted(line.harvest_id for line in lines) == sorted(touched)
    assert Counter(line.reason for line in lines) == wanted
    account.close(december)
    assert draft_of(account.plan(date(2027, 1, 1))).totals == {}


def _change(account: Account, number: int, dice: random.Random) -> str:
    """Returns the reason that it must be flagged with."""
    what = dice.choice(("edited", "deleted", "unapproved"))
    if what == "deleted":
        account.remove("time_entries", number)
    elif what == "unapproved":
        account.change("time_entries", number, approval_status="submitted")
    else:
        account.change("time_entries", number, hours=dice.randrange(1, 32) / 4 + 0.125)
    return what
