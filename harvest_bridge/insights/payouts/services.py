"""Planning a period, and the steps that follow: draft → verified → closed → exported → paid, each by a named person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.money import serialize_amounts
from harvest_bridge.insights.records.known_ids import refuse_unknown_ids

from . import events
from .canonical import draft_digest
from .closing import write_statements
from .days import bounds_of
from .drafts import Draft, draft_of
from .errors import (
    AlreadyPaid,
    ChangedSinceVerified,
    PaidThroughAnother,
    PeriodClosed,
    PeriodsOverlap,
    StepRefused,
)
from .models import CLOSED_STATES, Book, Period, PeriodState, Statement, Step
from .verification import Send, compare_with_harvest

PLANNED = ("policy", "rate_source", "cost_currency", "with_expenses", "people")


@transaction.atomic
def plan_period(
    *, connection: Connection, kind: str, first_day: date, last_day: date | None, by: str, **terms: object
) -> Period:
    """A draft. Errors: PeriodNotValid; PaidThroughAnother and PeriodsOverlap, which name the other; InvalidRequest for
    unknown people.
    """
    first, last = bounds_of(kind, first_day, last_day)
    _hold(connection)
    people = sorted(set(terms.get("people") or ()))  # type: ignore[call-overload]
    refuse_unknown_ids(connection, "people", "users", people)
    _refuse_overlap(connection, first, last, people)
    given = {name: value for name, value in terms.items() if name in PLANNED} | {"people": people}
    return Period.objects.create(
        connection=connection, kind=kind, first_day=first, last_day=last, created_by=by, **given
    )


def _hold(connection: Connection) -> Book:
    """Whoever plans or closes for this account comes after whoever does now. Within a transaction.

    Errors: PaidThroughAnother. A book that nothing was planned in gives way.
    """
    account = {"host_app_id": connection.host_app_id, "harvest_account_id": connection.harvest_account_id}
    others = Book.objects.filter(**account).exclude(connection=connection)
    others.filter(last_sequence=0, connection__payout_periods=None).delete()
    try:
        with transaction.atomic():
            Book.objects.update_or_create(connection=connection, defaults=account)
    except IntegrityError as error:
        other = str(others.values_list("connection_id", flat=True).first() or "")
        raise PaidThroughAnother(
            f"integrated_account_id: this Harvest account is paid through the connection {other} already, and its "
            "hours are paid once; name that one.",
            paid_through=other,
        ) from error
    return Book.objects.select_for_update().get(connection=connection)


def _refuse_overlap(connection: Connection, first: date, last: date, people: list[int]) -> None:
    """Errors: PeriodsOverlap. Two lists of chosen people that share nobody may overlap."""
    rows = Period.objects.filter(connection=connection, first_day__lte=last, last_day__gte=first)
    for other in rows.order_by("first_day"):
        if not people or not other.people or set(people) & set(other.people):
            shared_from, shared_to = max(first, other.first_day), min(last, other.last_day)
            raise PeriodsOverlap(
                f"from: {shared_from} to {shared_to} belongs to the {other.kind} period {other} ({other.state}) "
                "already; choose other days, or delete that draft first.",
                period_id=str(other.pk),
                overlap_from=shared_from.isoformat(),
                overlap_to=shared_to.isoformat(),
            )


def delete_period(*, period: Period) -> None:
    """A draft, or one that is verified. Errors: PeriodClosed."""
    with transaction.atomic():
        row = Period.objects.select_for_update().get(pk=period.pk)
        if row.is_closed:
            raise PeriodClosed(f"The period {row} is {row.state}; a closed period stays.")
        row.delete()


def verify_period(*, period: Period, by: str, now: datetime | None = None, send: Send = calls.send) -> Draft:
    """Read it again from Harvest. Errors: DiffersFromHarvest, PeriodClosed; those of `draft_of` and of the calls."""
    draft = draft_of(period)
    compare_with_harvest(draft, send=send)
    at = now or timezone.now()
    with transaction.atomic():
        row = _locked(period)
        if row.is_closed:
            raise PeriodClosed(f"The period {row} is {row.state} already.")
        row.state, row.verified_sha256, row.verified_at = PeriodState.VERIFIED, digest_of_draft(draft), at
        row.save(update_fields=["state", "verified_sha256", "verified_at"])
        Step.objects.create(period=row, what=Step.What.VERIFIED, by=by, at=at)
        totals = serialize_amounts(draft.totals)
        events.publish(events.VERIFIED, row, by, {"people": len(draft.ready), "totals": totals})
    period.refresh_from_db()
    return draft


def close_period(*, period: Period, by: str, now: datetime | None = None, send: Send = calls.send) -> Period:
    """Make its statements, once: closing again, or from two places at once, answers with the same.

    Harvest is read once more. Errors: StepRefused, DiffersFromHarvest; ChangedSinceVerified, and it is a draft again.
    """
    period.refresh_from_db()
    if period.is_closed:
        return period
    if period.state != PeriodState.VERIFIED:
        raise StepRefused(f"The period {period} is {period.state}; verify it first.")
    draft = draft_of(period)
    _refuse_changed(period, draft)
    compare_with_harvest(draft, send=send)
    at = now or timezone.now()
    with transaction.atomic():
        book = _hold(period.connection)
        row = _locked(period)
        if row.is_closed:
            return row
        draft = draft_of(row)
        is_changed = row.state != PeriodState.VERIFIED or digest_of_draft(draft) != row.verified_sha256
        if not is_changed:
            write_statements(book, row, draft, by=by, at=at)
            return row
    _refuse_changed(period, draft)
    raise ChangedSinceVerified(f"The period {period} changed while it was closed; verify it once more.")


def _refuse_changed(period: Period, draft: Draft) -> None:
    """Errors: ChangedSinceVerified."""
    if digest_of_draft(draft) == period.verified_sha256:
        return
    again = Period.objects.filter(pk=period.pk, state=PeriodState.VERIFIED)
    again.update(state=PeriodState.DRAFT, verified_sha256="", verified_at=None)
    period.refresh_from_db()
    raise ChangedSinceVerified(
        f"What the period {period} would pay changed since it was verified; it is a draft again. Look at it, then "
        "verify once more."
    )


@transaction.atomic
def mark_exported(*, period: Period, by: str, form: str, now: datetime | None = None) -> Period:
    """A file of it was taken; again is no matter. Errors: StepRefused."""
    row = _locked(period)
    _refuse_open(row)
    at = now or timezone.now()
    Step.objects.create(period=row, what=Step.What.EXPORTED, by=by, at=at, reference=form)
    Statement.objects.filter(period=row, state=PeriodState.CLOSED).update(state=PeriodState.EXPORTED)
    _follow_statements(row)
    return row


@transaction.atomic
def mark_paid(
    *, period: Period, by: str, reference: str, statements: Sequence[Statement] = (), now: datetime | None = None
) -> list[Statement]:
    """Note a payment of these statements, or of all that are not paid yet. The same reference again changes nothing.

    Errors: StepRefused; AlreadyPaid where it is left with nothing to pay, or one that was named was paid otherwise.
    """
    row = _locked(period)
    _refuse_open(row)
    at = now or timezone.now()
    rows = Statement.objects.select_for_update().filter(period=row).order_by("sequence")
    chosen = list(rows.filter(pk__in=[one.pk for one in statements]) if statements else rows)
    due = [one for one in chosen if one.state != PeriodState.PAID]
    if statements or not (due or any(one.payment_reference == reference for one in chosen)):
        _refuse_paid_otherwise(chosen, reference)
    for one in due:
        if one.state != PeriodState.EXPORTED:
            raise StepRefused(f"The statement {one} is {one.state}; export it first.")
        one.state, one.payment_reference, one.paid_at, one.paid_by = PeriodState.PAID, reference, at, by
        one.save(update_fields=["state", "payment_reference", "paid_at", "paid_by"])
        Step.objects.create(period=row, statement=one, what=Step.What.PAID, by=by, at=at, reference=reference)
    if due:
        _follow_statements(row)
        shown = [events.told(one) for one in due[: events.MOST_TOLD]]
        events.publish(events.PAID, row, by, {"reference": reference, "statements": shown})
    return chosen


def _refuse_paid_otherwise(statements: Iterable[Statement], reference: str) -> None:
    """Errors: AlreadyPaid."""
    for one in statements:
        if one.state == PeriodState.PAID and one.payment_reference != reference:
            raise AlreadyPaid(
                f"reference: the statement {one} was paid as {one.payment_reference!r} already.",
                statement_id=str(one.pk),
                payment_reference=one.payment_reference,
            )


def _locked(period: Period) -> Period:
    return Period.objects.select_for_update().select_related("connection").get(pk=period.pk)


def _refuse_open(period: Period) -> None:
    """Errors: StepRefused."""
    if not period.is_closed:
        raise StepRefused(f"The period {period} is {period.state}; close it first.")


def _follow_statements(period: Period) -> None:
    """A period is as far as the statement that is least far."""
    states = set(Statement.objects.filter(period=period).values_list("state", flat=True))
    order = [PeriodState(one) for one in CLOSED_STATES]
    period.state = min((PeriodState(one) for one in states), key=order.index, default=PeriodState.EXPORTED)
    period.save(update_fields=["state"])


def digest_of_draft(draft: Draft) -> str:
    return draft_digest(draft.period, {one.person.user_id: one.lines for one in draft.ready})
