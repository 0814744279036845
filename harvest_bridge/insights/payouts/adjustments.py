"""What changed of entries that earlier statements paid, and what became payable in days that are closed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from django.db.models import Q

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.models import Mirror, Record

from .days import day_of, number_of
from .entries import EXPENSES, TIME, Entry, batched, entries, entries_by_id
from .lines import (
    EDITED,
    RATE,
    DraftLine,
    MissingRate,
    NoCurrency,
    Standing,
    is_payable,
    line_of,
    standing_in,
    standing_of,
    why_unpaid,
)
from .models import CLOSED_STATES, Line, LineKind, PayoutRate, Period
from .rates import RateOf

PAID = "paid"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An entry that cannot be counted, and why: `missing_rate`, `missing_currency`."""

    user_id: int
    harvest_id: int
    code: str


@dataclass(frozen=True)
class Looked:
    """Which entries may differ from what was paid. `ids` None: any of them; `unsettled` people always."""

    ids: frozenset[int] | None
    unsettled: frozenset[int]


def looked_at(mirror: Mirror, last: Period | None, resource: str) -> Looked:
    """What the mirror knows to have changed since the last close, or everything where it cannot tell."""
    if last is None:
        return Looked(frozenset(), frozenset())
    unsettled = frozenset(last.unsettled)
    is_told = last.mirror_id == mirror.pk and mirror.forgotten_through <= last.position
    if not is_told or _rates_changed(last):
        return Looked(None, unsettled)
    changed = Record.objects.filter(mirror=mirror, stream__resource=resource, position__gt=last.position)
    return Looked(frozenset(changed.values_list("harvest_id", flat=True)), unsettled)


def _rates_changed(last: Period) -> bool:
    rates = PayoutRate.objects.filter(connection=last.connection_id)
    return rates.filter(Q(created_at__gte=last.closed_at) | Q(removed_at__gte=last.closed_at)).exists()


def last_lines(connection: Connection, resource: str, looked: Looked) -> dict[int, Line]:
    """Of each entry that was paid, the line that says how it stands."""
    rows = Line.objects.filter(connection=connection, resource=resource).select_related("statement__period__connection")
    rows = rows.order_by("id")
    found: dict[int, Line] = {}
    if looked.ids is None:
        return {row.harvest_id: row for row in rows.iterator(chunk_size=2000)}
    for batch in batched(sorted(looked.ids)):
        found.update({row.harvest_id: row for row in rows.filter(harvest_id__in=batch)})
    if looked.unsettled:
        found.update({row.harvest_id: row for row in rows.filter(statement__user_id__in=looked.unsettled)})
    return found


def adjustments(
    mirror: Mirror, lines: dict[int, Line], resource: str, rate_of: dict[str, RateOf]
) -> Iterator[DraftLine | Refusal]:
    """One for each entry that is not as it was paid, by the terms of the period that paid it first."""
    now = entries_by_id(mirror, resource, lines)
    terms = _terms_of(lines)
    for harvest_id, line in sorted(lines.items()):
        period, user_id = terms[harvest_id], line.statement.user_id
        try:
            yield from _adjustment(line, now.get(harvest_id), user_id, period, rate_of[_terms(period)])
        except MissingRate:
            yield Refusal(user_id, harvest_id, "missing_rate")
        except NoCurrency:
            yield Refusal(user_id, harvest_id, "missing_currency")


def _terms_of(lines: dict[int, Line]) -> dict[int, Period]:
    """The period by whose terms each entry was paid first: later lines of it follow its policy and its rates."""
    first = dict(lines)
    adjusted = [harvest_id for harvest_id, line in lines.items() if line.kind == LineKind.ADJUSTMENT]
    for batch in batched(sorted(adjusted)):
        sample = lines[batch[0]]
        rows = Line.objects.filter(connection=sample.connection_id, resource=sample.resource, harvest_id__in=batch)
        rows = rows.exclude(kind=LineKind.ADJUSTMENT).select_related("statement__period")
        first.update({line.harvest_id: line for line in rows})
    return _periods_of(first)


def _periods_of(first: dict[int, Line]) -> dict[int, Period]:
    """A late entry was paid by the terms of the closed days that it lies in, whichever statement paid it."""
    found = {harvest_id: line.statement.period for harvest_id, line in first.items()}
    late = {harvest_id: line for harvest_id, line in first.items() if not _is_in(found[harvest_id], line)}
    if late:
        connection_id = next(iter(late.values())).connection_id
        closed = list(Period.objects.filter(connection=connection_id, state__in=CLOSED_STATES).order_by("close_number"))
        for harvest_id, line in late.items():
            mine = (one for one in closed if _is_in(one, line) and line.statement.user_id in one.considered)
            found[harvest_id] = next(mine, found[harvest_id])
    return found


def _is_in(period: Period, line: Line) -> bool:
    return period.first_day <= day_of(line.day) <= period.last_day


def _adjustment(line: Line, entry: Entry | None, user_id: int, period: Period, rate_of: RateOf) -> Iterator[DraftLine]:
    """Errors: MissingRate, NoCurrency."""
    was = standing_in(line)
    was_state = line.reason if line.kind == LineKind.ADJUSTMENT and line.reason in _NOTHING else PAID
    reason = why_unpaid(entry, user_id, period.policy)
    if entry is None or reason:
        if was_state == reason:
            return
        now = replace(was, amount_micros=0)
        state = reason
    else:
        now, state = standing_of(entry, rate_of), PAID
        if _same(was, now) and was_state == PAID:
            return
        reason = RATE if _only_rate_moved(was, now) and was_state == PAID else EDITED
    before, after = was.serialize(was_state), now.serialize(state)
    if was.currency == now.currency:
        yield _line(line, user_id, now, now.amount_micros - was.amount_micros, reason, before, after)
        return
    gone = replace(was, amount_micros=0)
    yield _line(line, user_id, gone, -was.amount_micros, reason, before, gone.serialize("other_currency"))
    yield _line(line, user_id, now, now.amount_micros, reason, None, after)


_NOTHING = frozenset({"deleted", "unapproved", "running", "reassigned"})


def _line(
    line: Line,
    user_id: int,
    standing: Standing,
    amount: int,
    reason: str,
    before: dict[str, object] | None,
    after: dict[str, object],
) -> DraftLine:
    kind = LineKind.ADJUSTMENT
    return DraftLine(user_id, kind, line.resource, line.harvest_id, standing, amount, reason, before, after)


def _same(was: Standing, now: Standing) -> bool:
    """But for the name of the rate: a new rate of the same height changes nothing."""
    return replace(was, rate_of="", client_id=0) == replace(now, rate_of="", client_id=0)


def _only_rate_moved(was: Standing, now: Standing) -> bool:
    given = {"rate_of": "", "client_id": 0, "rate_micros": 0, "amount_micros": 0, "currency": ""}
    return replace(was, **given) == replace(now, **given)  # type: ignore[arg-type]


def late(
    mirror: Mirror, closed: Collection[Period], resource: str, looked: Looked, rate_of: dict[str, RateOf]
) -> Iterator[DraftLine | Refusal]:
    """Entries of closed days that nothing paid yet, and that would be paid now."""
    for period in closed:
        if resource == EXPENSES and not period.with_expenses:
            continue
        found = [one for one in _of_period(mirror, period, resource, looked) if is_payable(one, period.policy)]
        paid = _paid(period, resource, [one.harvest_id for one in found])
        for entry in found:
            if entry.harvest_id not in paid:
                yield line_or_refusal(entry, rate_of[_terms(period)])


def line_or_refusal(entry: Entry, rate_of: RateOf) -> DraftLine | Refusal:
    try:
        return line_of(entry, rate_of)
    except MissingRate:
        return Refusal(entry.user_id, entry.harvest_id, "missing_rate")
    except NoCurrency:
        return Refusal(entry.user_id, entry.harvest_id, "missing_currency")


def _of_period(mirror: Mirror, period: Period, resource: str, looked: Looked) -> Iterator[Entry]:
    days = Q(day__gte=number_of(period.first_day), day__lte=number_of(period.last_day))
    considered = set(period.considered)
    if looked.ids is None:
        yield from (one for one in entries(mirror, resource, days) if one.user_id in considered)
        return
    again = looked.unsettled & considered
    if again:
        yield from entries(mirror, resource, days & Q(user_id__in=sorted(again)))
    for batch in batched(sorted(looked.ids)):
        for one in entries(mirror, resource, days & Q(harvest_id__in=batch)):
            if one.user_id in considered - again:
                yield one


def _paid(period: Period, resource: str, ids: list[int]) -> set[int]:
    rows = Line.objects.filter(connection=period.connection_id, resource=resource)
    found: set[int] = set()
    for batch in batched(ids):
        found.update(rows.filter(harvest_id__in=batch).values_list("harvest_id", flat=True))
    return found


def _terms(period: Period) -> str:
    return terms_key(period.rate_source, period.cost_currency)


def terms_key(rate_source: str, cost_currency: str) -> str:
    return f"{rate_source} {cost_currency}"


__all__ = ["TIME", "Looked", "Refusal", "adjustments", "last_lines", "late", "line_or_refusal", "looked_at"]
