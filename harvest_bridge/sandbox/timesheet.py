"""A person's timesheet, as Harvest shows it: a day or a week, the running timer, links back to outside items."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.fields import as_date
from harvest_bridge.sandbox.pages import missing, page
from harvest_bridge.sandbox.records import Company, TimeEntry, User
from harvest_bridge.sandbox.shapes.time import service_of, wall_clock
from harvest_bridge.sandbox.text import hours_text
from harvest_bridge.sandbox.timekeeping import ZERO, hours_at
from harvest_bridge.sandbox.timezones import zone_for
from harvest_bridge.sandbox.world import World

FIRST_WEEKDAY = {"Monday": 0, "Saturday": 5, "Sunday": 6}


class TimesheetPage:
    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, request: Request) -> Response:
        """`?day=` chooses the day (default: the person's today), `?view=week` the week."""
        account = self._world.accounts.get(request.path_params["account_id"])
        user = account.users.get(request.path_params["user_id"]) if account else None
        if account is None or user is None:
            return missing("No account of this sandbox has a person with this id.")
        with self._world.lock:
            sheet = Sheet(account, user, self._world.clock.now(), as_date(request.query_params.get("day")))
            is_week = request.query_params.get("view") == "week"
            context = sheet.week_view() if is_week else sheet.day_view()
            return page(
                f"sandbox/timesheet_{'week' if is_week else 'day'}.html", {**sheet.frame(is_week=is_week), **context}
            )


class Sheet:
    """Shape: everything is text, ready to be shown. Hours are written as `1:30`."""

    def __init__(self, account: Account, user: User, now: datetime, day: date | None) -> None:
        self._account, self._user, self._now = account, user, now
        self._today = now.astimezone(zone_for(user.timezone)).date()
        self._day = day or self._today
        first = first_of_week(self._day, account.company)
        self._week = [first + timedelta(days=step) for step in range(7)]
        self._by_day: defaultdict[date, list[TimeEntry]] = defaultdict(list)
        for entry in account.time_entries.of_user(user.id):
            self._by_day[entry.spent_date].append(entry)

    def frame(self, *, is_week: bool) -> dict[str, Any]:
        """What both views share: who, which days, and where the arrows lead."""
        running = self._account.time_entries.running_of(self._user.id)
        shown = self._week if is_week else [self._day]
        return {
            "account": self._account,
            "user": self._user,
            "people": [
                {"name": one.name, "url": f"/timesheet/{self._account.id}/{one.id}", "is_current": one is self._user}
                for one in sorted(self._account.users, key=lambda one: one.name)[:40]
            ],
            "days": [self._tab(day) for day in self._week],
            "week_total": hours_text(sum((self._hours_on(day) for day in self._week), ZERO)),
            "title": f"{self._day:%A}, {self._day.day} {self._day:%B %Y}",
            "is_today": self._day == self._today,
            "day": self._day.isoformat(),
            "today_url": "?",
            "is_week": is_week,
            "running": self._line(running) if running and running.spent_date not in shown else None,
        }

    def day_view(self) -> dict[str, Any]:
        """Oldest entry first, as on paper."""
        entries = sorted(self._by_day[self._day], key=lambda entry: entry.id)
        return {
            "lines": [self._line(entry) for entry in entries],
            "total": hours_text(self._hours_on(self._day)),
            "previous": f"?day={self._day - timedelta(days=1)}",
            "next": f"?day={self._day + timedelta(days=1)}",
        }

    def week_view(self) -> dict[str, Any]:
        """One row per project and task, one column per day."""
        rows: defaultdict[tuple[str, str, str], dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for day in self._week:
            for entry in self._by_day[day]:
                row = rows[entry.project.name, entry.project.client.name, entry.task.name]
                row[day] += self._hours(entry)
        return {
            "rows": [
                {
                    "project": project,
                    "client": client,
                    "task": task,
                    "cells": [hours_text(hours[day]) if hours[day] else "" for day in self._week],
                    "total": hours_text(sum(hours.values(), ZERO)),
                }
                for (project, client, task), hours in sorted(rows.items())
            ],
            "previous": f"?view=week&day={self._day - timedelta(days=7)}",
            "next": f"?view=week&day={self._day + timedelta(days=7)}",
            "title": f"{_short(self._week[0])} to {_short(self._week[-1])} {self._week[-1].year}",
        }

    def _tab(self, day: date) -> dict[str, Any]:
        return {
            "letter": f"{day:%a}",
            "number": day.day,
            "hours": hours_text(self._hours_on(day)),
            "has_hours": bool(self._by_day[day]),
            "url": f"?day={day}",
            "is_chosen": day == self._day,
            "is_today": day == self._today,
        }

    def _line(self, entry: TimeEntry) -> dict[str, Any]:
        reference, clock = entry.external_reference, self._account.company.clock
        permalink = reference.permalink if reference else None
        return {
            "id": entry.id,
            "day_url": f"?day={entry.spent_date}",
            "project": entry.project.name,
            "client": entry.project.client.name,
            "task": entry.task.name,
            "notes": entry.notes,
            "hours": hours_text(self._hours(entry)),
            "times": _span(wall_clock(entry.started_time, clock), wall_clock(entry.ended_time, clock)),
            "is_running": entry.is_running,
            "is_locked": entry.approval_status == "approved" or entry.is_billed,
            "permalink": permalink if permalink and permalink.startswith(("http://", "https://")) else None,
            "service": service_of(permalink),
            "item_id": reference.id if reference else None,
        }

    def _hours(self, entry: TimeEntry) -> Decimal:
        return hours_at(entry, self._now, self._account.company)

    def _hours_on(self, day: date) -> Decimal:
        return sum((self._hours(entry) for entry in self._by_day[day]), ZERO)


def first_of_week(day: date, company: Company) -> date:
    return day - timedelta(days=(day.weekday() - FIRST_WEEKDAY[company.week_start_day]) % 7)


def _short(day: date) -> str:
    return f"{day.day} {day:%B}"


def _span(started: str | None, ended: str | None) -> str:
    if started and ended:
        return f"{started} – {ended}"
    return f"since {started}" if started else ""
