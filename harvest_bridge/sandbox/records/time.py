"""A time entry and its link to an outside item (REFERENCE §7, §8.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from harvest_bridge.sandbox.records.base import Record
from harvest_bridge.sandbox.records.billing import Invoice
from harvest_bridge.sandbox.records.people import User
from harvest_bridge.sandbox.records.work import Project, Task, TaskAssignment, UserAssignment


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalReference:
    id: str | None
    group_id: str | None
    account_id: str | None
    permalink: str | None


@dataclass(slots=True, eq=False, kw_only=True)
class TimeEntry(Record):
    """Units: `hours` is exact to two decimals and leaves a running timer out; `timer_started_at` keeps microseconds.

    `started_time` and `ended_time` are wall clock times of the owner's zone.
    """

    user: User
    project: Project
    task: Task
    user_assignment: UserAssignment
    task_assignment: TaskAssignment
    spent_date: date
    hours: Decimal
    notes: str | None = None
    timer_started_at: datetime | None = None
    started_time: time | None = None
    ended_time: time | None = None
    approval_status: str = "unsubmitted"
    is_billed: bool = False
    invoice: Invoice | None = None
    external_reference: ExternalReference | None = None

    @property
    def is_running(self) -> bool:
        return self.timer_started_at is not None
