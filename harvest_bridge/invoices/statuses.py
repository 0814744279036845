"""The one status of an invoice: a pure function of its amounts, its state, its dates and the day of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import F, Q

from harvest_bridge.mirror.columns import day_of


class Status(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    OVERDUE = "overdue"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    WRITTEN_OFF = "written_off"
    DELETED = "deleted"


_BY_STATE = {"draft": Status.DRAFT, "closed": Status.WRITTEN_OFF}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a status is made of. `state` is Harvest's own; amounts are in the invoice's currency."""

    state: str
    amount: Decimal
    due_amount: Decimal
    due_date: date | None
    is_deleted: bool = False

    @property
    def paid_amount(self) -> Decimal:
        """What payments came to, by Harvest's own figures."""
        return self.amount - self.due_amount


def status_of(facts: Facts, *, today: date) -> Status:
    """Deleted, a draft and a write-off are what they are; of the others money decides, and then the date.

    So an invoice of which a part is paid is `overdue` once its day is over: `paid_amount` tells the rest.
    """
    if facts.is_deleted:
        return Status.DELETED
    if facts.state in _BY_STATE:
        return _BY_STATE[facts.state]
    if facts.due_amount <= 0:
        return Status.PAID
    if facts.due_date is not None and facts.due_date < today:
        return Status.OVERDUE
    return Status.PARTIALLY_PAID if facts.due_amount < facts.amount else Status.OPEN


def days_overdue(facts: Facts, *, today: date) -> int:
    """Whole days since the due date; 0 for what is not overdue."""
    if facts.due_date is None or status_of(facts, today=today) is not Status.OVERDUE:
        return 0
    return (today - facts.due_date).days


def condition(status: Status, *, today: date) -> Q:
    """The same on rows of the mirror's `Invoice`, which holds none that are deleted."""
    settled = Q(state__in=tuple(_BY_STATE))
    owing, late = Q(due_amount_micros__gt=0) & ~settled, Q(due_day__lt=day_of(today))
    in_time = Q(due_day=None) | Q(due_day__gte=day_of(today))
    part = Q(due_amount_micros__lt=F("amount_micros"))
    return {
        Status.DRAFT: Q(state="draft"),
        Status.WRITTEN_OFF: Q(state="closed"),
        Status.PAID: Q(due_amount_micros__lte=0) & ~settled,
        Status.OVERDUE: owing & late,
        Status.PARTIALLY_PAID: owing & in_time & part,
        Status.OPEN: owing & in_time & ~part,
        Status.DELETED: Q(pk__in=()),
    }[status]
