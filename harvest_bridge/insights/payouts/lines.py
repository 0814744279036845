"""What one entry is paid, and what of it changed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvest_bridge.insights.money import MICROS, from_micros, money, plain, product, rounded

from .days import day_of
from .entries import EXPENSES, TIME, Entry
from .models import Line, LineKind, Policy
from .rates import RateOf

# Why an entry that was paid is paid nothing now.
DELETED, UNAPPROVED, RUNNING, REASSIGNED, EDITED, RATE = (
    *("deleted", "unapproved", "running", "reassigned", "edited", "rate"),
)


class MissingRate(Exception):
    """No rate holds for this entry."""


class NoCurrency(Exception):
    """Nobody says in which currency the rate is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an entry comes to: `amount_micros` is rounded to the currency's minor unit."""

    day: int
    client_id: int
    project_id: int
    task_id: int
    hours_micros: int | None
    rate_micros: int | None
    rate_of: str
    currency: str
    amount_micros: int

    def serialize(self, state: str) -> dict[str, Any]:
        return {
            "state": state,
            "spent_date": day_of(self.day).isoformat(),
            "project_id": self.project_id,
            "task_id": self.task_id or None,
            "hours": None if self.hours_micros is None else plain(from_micros(self.hours_micros)),
            "rate": None if self.rate_micros is None else plain(from_micros(self.rate_micros)),
            "currency": self.currency,
            "amount": money(from_micros(self.amount_micros), self.currency),
        }


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line before it is closed; `amount_micros` is what it adds."""

    user_id: int
    kind: str
    resource: str
    harvest_id: int
    standing: Standing
    amount_micros: int
    reason: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        """Time, then expenses, then adjustments, each by day: the same whatever order they were found in."""
        kinds = (LineKind.TIME, LineKind.EXPENSE, LineKind.ADJUSTMENT)
        is_new = self.before is None
        return (kinds.index(LineKind(self.kind)), self.standing.day, self.resource, self.harvest_id, is_new)


def is_payable(entry: Entry, policy: str) -> bool:
    """Stopped, and approved where the policy asks for it."""
    return not entry.is_running and (policy == Policy.ALL or entry.approval_status == "approved")


def standing_of(entry: Entry, rate_of: RateOf) -> Standing:
    """Hours × rate, rounded half up once, here. Errors: MissingRate, NoCurrency."""
    place = (entry.day, entry.client_id, entry.project_id, entry.task_id)
    if entry.cost_micros is not None:
        if not entry.currency:
            raise NoCurrency
        amount = rounded(from_micros(entry.cost_micros), entry.currency)
        return Standing(*place, None, None, "", entry.currency, int(amount * MICROS))
    applied = rate_of(entry)
    if applied is None:
        raise MissingRate
    if not applied.currency:
        raise NoCurrency
    amount = rounded(product(entry.hours_micros, applied.rate_micros), applied.currency)
    return Standing(*place, entry.hours_micros, applied.rate_micros, applied.of, applied.currency, int(amount * MICROS))


def line_of(entry: Entry, rate_of: RateOf) -> DraftLine:
    """Errors: MissingRate, NoCurrency."""
    standing = standing_of(entry, rate_of)
    kind, resource = (LineKind.TIME, TIME) if entry.cost_micros is None else (LineKind.EXPENSE, EXPENSES)
    return DraftLine(entry.user_id, kind, resource, entry.harvest_id, standing, standing.amount_micros)


def standing_in(line: Line) -> Standing:
    """As a closed line left it."""
    place = (line.day, line.client_id or 0, line.project_id or 0, line.task_id or 0)
    return Standing(*place, line.hours_micros, line.rate_micros, line.rate_of, line.currency, line.standing_micros)


def why_unpaid(entry: Entry | None, user_id: int, policy: str) -> str:
    """The reason, or nothing for an entry that is payable."""
    if entry is None:
        return DELETED
    if entry.user_id != user_id:
        return REASSIGNED
    if entry.is_running:
        return RUNNING
    return "" if is_payable(entry, policy) else UNAPPROVED
