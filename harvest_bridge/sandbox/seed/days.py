"""A year of work, day by day, as people really log it."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from harvest_bridge.sandbox.records import ExternalReference, TaskAssignment, TimeEntry, User, UserAssignment
from harvest_bridge.sandbox.seed.builder import Builder

WORKDAYS = 261
NOTES = (
    "Wireframes for the start page",
    "Reviewed pull requests",
    "Sprint planning",
    "Fixed the date picker on small screens",
    "Interviews with two customers",
    "Wrote release notes",
    "Call with the client",
    "Icons, second round",
    "Deployed to staging",
    "Accessibility fixes from the audit",
    "Drafted copy for the newsletter",
    "Paired on the import job",
    "Estimates for the next phase",
    None,
    None,
)
LENGTHS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.25, 3.0, 3.5, 4.0)
HOURS = tuple(Decimal(str(length)).quantize(Decimal("0.01")) for length in LENGTHS)
LEFT_DAYS_AGO = 120
APPROVED_AFTER = timedelta(days=35)


def seed_days(build: Builder, *, entries: int) -> None:
    """About `entries` entries on the workdays of the last year, yesterday included, oldest first."""
    workers = _workers(build)
    per_day = entries / (WORKDAYS * max(1, len(workers)))
    for back in range(365, 0, -1):
        day = build.today - timedelta(days=back)
        if day.weekday() < 5:
            for user, pairs in workers.items():
                if user.is_active or back > LEFT_DAYS_AGO:
                    _log_day(build, user, pairs, day, per_day)


Pairs = list[tuple[UserAssignment, list[TaskAssignment]]]


def _workers(build: Builder) -> dict[User, Pairs]:
    tasks = defaultdict(list)
    for pair in build.account.task_assignments:
        tasks[pair.project.id].append(pair)
    workers: defaultdict[User, Pairs] = defaultdict(list)
    for one in build.account.user_assignments:
        if one.project.is_active:
            workers[one.user].append((one, tasks[one.project.id]))
    return dict(workers)


def _log_day(build: Builder, user: User, pairs: Pairs, day: date, per_day: float) -> None:
    """Sometimes a day off; else a few entries, made at the end of the day in UTC."""
    dice = build.dice
    today, moment = build.today, datetime.combine(day, time(16, 0), UTC)
    count = int(per_day + dice.random() * 1.0)
    for _ in range(count):
        user_assignment, tasks = pairs[int(dice.random() * len(pairs))]
        task_assignment = tasks[int(dice.random() * len(tasks))]
        moment += timedelta(minutes=2)
        build.account.time_entries.add(
            TimeEntry(
                id=build.world.ids.next("time_entries"),
                created_at=moment,
                updated_at=moment,
                user=user,
                project=user_assignment.project,
                task=task_assignment.task,
                user_assignment=user_assignment,
                task_assignment=task_assignment,
                spent_date=day,
                hours=HOURS[int(dice.random() * len(HOURS))],
                notes=NOTES[int(dice.random() * len(NOTES))],
                approval_status="approved" if today - day > APPROVED_AFTER else "unsubmitted",
                external_reference=_reference(build) if dice.random() < 0.15 else None,
            )
        )


def _reference(build: Builder) -> ExternalReference:
    """A link to a card or an issue, as a button in another product leaves it."""
    number = 100 + int(build.dice.random() * 400)
    if number % 2:
        return ExternalReference(
            id=str(number),
            group_id="storefront",
            account_id="fennelfinch",
            permalink=f"https://github.com/fennelfinch/storefront/issues/{number}",
        )
    return ExternalReference(
        id=f"card-{number}", group_id="board-7", account_id=None, permalink=f"https://trello.com/c/{number}"
    )
