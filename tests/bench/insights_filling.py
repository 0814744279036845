"""Time entries in numbers, in bulk: each person works on a dozen projects, about two entries a working day."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from itertools import islice

from harvest_bridge.insights.records.days import date_of, day_number, month_number, week_number
from harvest_bridge.mirror.models import Mirror, TimeEntry

PEOPLE, PROJECTS, DAYS = 500, 400, 1095


def entries_in_bulk(mirror: Mirror, count: int, *, today: date) -> None:
    rows = _rows(mirror, count, day_number(today))
    while batch := list(islice(rows, 5000)):
        TimeEntry.objects.bulk_create(batch)


def _rows(mirror: Mirror, count: int, today: int) -> Iterator[TimeEntry]:
    dice = random.Random(18)
    own = {user: [dice.randint(1, PROJECTS) for _ in range(12)] for user in range(1, PEOPLE + 1)}
    for number in range(1, count + 1):
        user, day = dice.randint(1, PEOPLE), today - dice.randrange(DAYS)
        hours = dice.randrange(25, 700) * 10_000
        is_billable = dice.random() < 0.7
        project = dice.choice(own[user])
        yield TimeEntry(
            mirror=mirror,
            harvest_id=number,
            day=day,
            week=week_number(day),
            month=month_number(date_of(day)),
            user_id=user,
            client_id=1 + project % 80,
            project_id=project,
            task_id=dice.randint(1, 10),
            is_billable=is_billable,
            hours_micros=hours,
            rounded_hours_micros=hours,
            billable_rate_micros=(80 + user % 50) * 1_000_000 if is_billable else None,
            cost_rate_micros=(40 + user % 30) * 1_000_000,
            is_budgeted=True,
            is_running=False,
            is_locked=False,
            is_billed=dice.random() < 0.5,
            approval_status="approved",
            currency="EUR",
        )
