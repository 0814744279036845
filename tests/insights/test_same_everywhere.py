"""The same records come to the same answers, digit by digit, on every database."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest

from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, expense, person, project, task

pytestmark = pytest.mark.django_db
RANGE = {"from": "2026-02-10", "to": "2026-05-20"}
# Worked out once; whoever changes a formula changes its version and these.
KNOWN = {
    "profitability by project": "b5137c7a557925a8",
    "profitability by person": "aa011d0ce14dbc09",
    "utilization by person": "674e5590090b4dac",
    "utilization by client": "b4690b5cda4e2ce0",
}


def digest(answer: Any) -> str:
    found = {"result": answer["result"], "total": answer["total"], "missing": answer["missing"]}
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()[:16]


@pytest.fixture
def account(mirrored: Mirrored) -> Mirrored:
    dice = random.Random(1811)
    mirrored.put("users", *(person(n) for n in range(1, 5)))
    mirrored.put("clients", client(3), client(4, "JPY"), client(8, "KWD"))
    mirrored.put("projects", *(project(n, (3, 4, 8)[n % 3]) for n in range(1, 7)))
    mirrored.put("tasks", *(task(n) for n in range(1, 4)))
    entries = [
        entry(
            number,
            f"2026-{dice.randint(2, 5):02}-{dice.randint(1, 28):02}",
            dice.randrange(1, 9_000_000) / 1_000_000 if number % 9 == 0 else dice.randrange(1, 900) / 100,
            user=dice.randint(1, 4),
            project=dice.randint(1, 6),
            task=dice.randint(1, 3),
            billable=number % 3 > 0,
            billable_rate=dice.randrange(1, 900_000) / 10_000 if number % 3 else None,
            cost_rate=dice.randrange(0, 900_000) / 10_000,
            is_billed=number % 4 == 0,
        )
        for number in range(1, 201)
    ]
    mirrored.put("time_entries", *random.Random().sample(entries, len(entries)))
    mirrored.put("expenses", *(expense(n, "2026-03-02", n * 1.01, project=1 + n % 6) for n in range(1, 13)))
    return mirrored


@pytest.mark.parametrize("question", KNOWN)
def test_an_answer_is_the_same_on_every_database(account: Mirrored, ask: Asking, question: str) -> None:
    path, by = question.split(" by ")

    assert digest(ask.get(path, **RANGE, by=by)) == KNOWN[question]
