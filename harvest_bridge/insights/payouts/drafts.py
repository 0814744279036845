"""What a period would pay now, by the mirror: everybody's lines, and what keeps whom from being paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from harvest_bridge.insights.coverage import Coverage, coverage_of
from harvest_bridge.insights.currencies import account_currency
from harvest_bridge.insights.money import Amounts, from_micros
from harvest_bridge.mirror.models import Expense, Mirror, TimeEntry

from . import adjustments
from .adjustments import Refusal, terms_key
from .days import number_of
from .definitions import PAYOUT
from .entries import EXPENSES, TIME, Entry, entries
from .lines import DraftLine, is_payable
from .models import CLOSED_STATES, CostCurrency, Line, Period, Policy, RateSource
from .people import Person, people_of
from .rates import RateOf, book_of, rate_reader


@dataclass
class PersonDraft:
    """Shape: `blocked` counts entries that cannot be counted, by why; `waiting` is what is not paid yet, by why, in
    entries and hours. A person with anything in `blocked` gets no statement."""

    person: Person
    lines: list[DraftLine] = field(default_factory=list)
    blocked: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    waiting_hours_micros: Counter[str] = field(default_factory=Counter)
    unapproved_paid: int = 0

    @property
    def state(self) -> str:
        if self.blocked:
            return "blocked"
        return "ready" if self.lines else "nothing_due"

    @property
    def hours_micros(self) -> int:
        return sum(one.standing.hours_micros or 0 for one in self.lines if one.kind == "time")

    @property
    def totals(self) -> Amounts:
        return Amounts.of((from_micros(one.amount_micros), one.standing.currency) for one in self.lines)

    @property
    def warnings(self) -> list[str]:
        if not self.unapproved_paid:
            return []
        entries_ = "entry" if self.unapproved_paid == 1 else "entries"
        return [f"policy_all: {self.unapproved_paid} {entries_} paid without approval"]


@dataclass
class Draft:
    """Shape: `people` by id, in the order of ids; `others_open` are people out of scope who have something open."""

    period: Period
    coverage: Coverage
    people: dict[int, PersonDraft]
    position: int
    others_open: set[int] = field(default_factory=set)

    @property
    def ready(self) -> list[PersonDraft]:
        return [one for one in self.people.values() if one.state == "ready"]

    @property
    def blocked(self) -> list[PersonDraft]:
        return [one for one in self.people.values() if one.state == "blocked"]

    @property
    def totals(self) -> Amounts:
        """Of everybody who is ready."""
        return Amounts.of((amount, code) for one in self.ready for code, amount in one.totals.items())

    @property
    def missing(self) -> dict[str, int]:
        blocked: Counter[str] = sum((one.blocked for one in self.people.values()), Counter())
        without = "entries_without_cost_rate" if self.period.rate_source == RateSource.COST_RATE else None
        return {
            without or "entries_without_payout_rate": blocked["missing_rate"],
            "entries_without_currency": blocked["missing_currency"],
            "people_blocked": len(self.blocked),
            "people_with_open_adjustments": len(self.others_open),
        }


def draft_of(period: Period) -> Draft:
    """Errors: MirrorRequired, StreamNotComplete, RangeNotMirrored."""
    closed = list(
        Period.objects.filter(connection=period.connection_id, state__in=CLOSED_STATES).order_by("close_number")
    )
    has_expenses = period.with_expenses or any(one.with_expenses for one in closed)
    needs = (*PAYOUT.needs, EXPENSES) if has_expenses else PAYOUT.needs
    coverage = coverage_of(period.connection, needs=needs, first_day=period.first_day)
    return _Drafting(period, coverage, closed, has_expenses).run()


class _Drafting:
    def __init__(self, period: Period, coverage: Coverage, closed: list[Period], has_expenses: bool) -> None:
        self.period, self.closed = period, closed
        self.mirror: Mirror = coverage.mirror
        self.resources = (TIME, EXPENSES) if has_expenses else (TIME,)
        self.persons = people_of(self.mirror)
        self.rate_of = rate_readers(self.mirror)
        self.draft = Draft(period, coverage, {}, position=self.mirror.last_position)

    def run(self) -> Draft:
        for user_id in sorted(self._scope()):
            self._of(user_id)
        self._gather_period()
        if self.closed:
            self._gather_changes()
        for one in self.draft.people.values():
            one.lines.sort(key=lambda line: line.order)
        self.draft.people = dict(sorted(self.draft.people.items()))
        return self.draft

    def _scope(self) -> set[int]:
        """The chosen, or the contractors that are active or have time."""
        if self.period.people:
            return set(self.period.people)
        return {one.user_id for one in self.persons.values() if one.is_contractor}

    def _of(self, user_id: int) -> PersonDraft:
        found = self.draft.people.get(user_id)
        if found is None:
            person = self.persons.get(user_id) or Person(user_id, "", "", "", False, False)
            found = self.draft.people[user_id] = PersonDraft(person)
        return found

    def _gather_period(self) -> None:
        for resource in (TIME, EXPENSES) if self.period.with_expenses else (TIME,):
            scope, paid = set(self.draft.people), self._paid_here(resource)
            rate_of = self.rate_of[terms_key(self.period.rate_source, self.period.cost_currency)]
            for entry in entries(self.mirror, resource, self._days()):
                if entry.user_id in scope and entry.harvest_id not in paid:
                    self._take(entry, rate_of)
        self._leave_out_idle()

    def _days(self) -> Q:
        days = Q(day__gte=number_of(self.period.first_day), day__lte=number_of(self.period.last_day))
        return days & Q(user_id__in=self.period.people) if self.period.people else days

    def _take(self, entry: Entry, rate_of: RateOf) -> None:
        one = self._of(entry.user_id)
        if not is_payable(entry, self.period.policy):
            why = "running_timer" if entry.is_running else "unapproved"
            one.waiting[why] += 1
            one.waiting_hours_micros[why] += entry.hours_micros
            return
        if self.period.policy == Policy.ALL and entry.approval_status != "approved":
            one.unapproved_paid += 1
        self._add(adjustments.line_or_refusal(entry, rate_of))

    def _add(self, found: DraftLine | Refusal) -> None:
        one = self._of(found.user_id)
        if isinstance(found, Refusal):
            one.blocked[found.code] += 1
        else:
            one.lines.append(found)

    def _paid_here(self, resource: str) -> set[int]:
        """Entries of these days that an earlier statement paid, as they were moved here since."""
        if not self.closed:
            return set()
        model: type[TimeEntry] | type[Expense] = TimeEntry if resource == TIME else Expense
        lines = Line.objects.filter(
            connection=self.period.connection_id, resource=resource, harvest_id=OuterRef("harvest_id")
        )
        rows = model.objects.filter(self._days(), Exists(lines), mirror=self.mirror)
        return set(rows.values_list("harvest_id", flat=True))

    def _leave_out_idle(self) -> None:
        """Archived contractors are in where they have time."""
        for user_id, one in list(self.draft.people.items()):
            if not (self.period.people or one.person.is_active or one.lines or one.blocked or one.waiting):
                del self.draft.people[user_id]

    def _gather_changes(self) -> None:
        chosen = set(self.period.people)
        for found in self._changes():
            if chosen and found.user_id not in chosen:
                self.draft.others_open.add(found.user_id)
            else:
                self._add(found)

    def _changes(self) -> Iterator[DraftLine | Refusal]:
        for resource in self.resources:
            looked = adjustments.looked_at(self.mirror, self.closed[-1], resource)
            lines = adjustments.last_lines(self.period.connection, resource, looked)
            yield from adjustments.adjustments(self.mirror, lines, resource, self.rate_of)
            yield from adjustments.late(self.mirror, self.closed, resource, looked, self.rate_of)


def rate_readers(mirror: Mirror) -> dict[str, RateOf]:
    """By the terms of a period (`adjusting.terms_key`)."""
    account, book = account_currency(mirror), book_of(mirror.connection)
    currency_of = {CostCurrency.ACCOUNT: lambda _: account, CostCurrency.CLIENT: lambda entry: entry.currency}
    return {
        terms_key(source, currency): rate_reader(source, book, currency_of[CostCurrency(currency)])
        for source in RateSource.values
        for currency in CostCurrency.values
    }
