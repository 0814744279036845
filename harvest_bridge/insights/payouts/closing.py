"""Closes a period: writes its statements with their lines, appends them to the hash chain, and emits the events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from harvest_bridge.insights.money import serialize_amounts

from . import alerts, events, hash_chain
from .drafts import Draft, PersonDraft
from .lines import DraftLine
from .models import Book, Line, LineKind, Period, PeriodState, Statement, Step
from .people import names_of

_BATCH = 500


def write_statements(book: Book, period: Period, draft: Draft, *, by: str, at: datetime) -> None:
    """Within the transaction that holds the book and the period."""
    writing = _Writing(book, period, draft, by, at)
    made = [writing.statement(one) for one in draft.ready]
    book.save(update_fields=["last_sequence", "last_sha256"])
    alerts.settle(period.connection, (line for one in draft.ready for line in one.lines))
    _close(period, draft, at)
    Step.objects.create(period=period, what=Step.What.CLOSED, by=by, at=at)
    _tell(period, made, by)


def _close(period: Period, draft: Draft, at: datetime) -> None:
    before = Period.objects.filter(connection=period.connection_id).aggregate(last=Max("close_number"))["last"]
    period.state, period.closed_at, period.close_number = PeriodState.CLOSED, at, (before or 0) + 1
    period.mirror_id, period.position = draft.coverage.mirror.pk, draft.position
    period.considered = sorted(draft.people)
    period.unsettled = sorted({one.person.user_id for one in draft.blocked} | draft.others_open)
    period.save()


class _Writing:
    def __init__(self, book: Book, period: Period, draft: Draft, by: str, at: datetime) -> None:
        self.book, self.period, self.by, self.at = book, period, by, at
        self.verified_by = Step.objects.filter(period=period, what=Step.What.VERIFIED).latest("id").by
        mirror = draft.coverage.mirror
        self.clients, self.projects, self.tasks = (names_of(mirror, name) for name in ("clients", "projects", "tasks"))

    def statement(self, one: PersonDraft) -> Statement:
        self.book.last_sequence += 1
        row = Statement(
            connection=self.period.connection,
            period=self.period,
            sequence=self.book.last_sequence,
            user_id=one.person.user_id,
            person_name=one.person.name,
            person_email=one.person.email,
            totals=serialize_amounts(one.totals),
            hours_micros=one.hours_micros,
            warnings=one.warnings,
            line_count=len(one.lines),
            verified_by=self.verified_by,
            closed_by=self.by,
            closed_at=self.at,
            previous_sha256=self.book.last_sha256,
        )
        lines = [self._line(row, number, line) for number, line in enumerate(one.lines, 1)]
        hash_chain.append(self.book, row, lines)
        row.save(force_insert=True)
        Line.objects.bulk_create(lines, batch_size=_BATCH)
        return row

    def _line(self, statement: Statement, number: int, line: DraftLine) -> Line:
        standing = line.standing
        return Line(
            connection_id=statement.connection_id,
            statement=statement,
            number=number,
            kind=str(line.kind),
            resource=line.resource,
            harvest_id=line.harvest_id,
            day=standing.day,
            client_id=standing.client_id,
            project_id=standing.project_id,
            task_id=standing.task_id or None,
            client_name=self.clients.get(standing.client_id, ""),
            project_name=self.projects.get(standing.project_id, ""),
            task_name=self.tasks.get(standing.task_id, ""),
            hours_micros=standing.hours_micros,
            rate_micros=standing.rate_micros,
            rate_of=standing.rate_of,
            currency=standing.currency,
            amount_micros=line.amount_micros,
            standing_micros=standing.amount_micros,
            reason=line.reason,
            before=line.before,
            after=line.after,
        )


def _tell(period: Period, made: Sequence[Statement], by: str) -> None:
    shown = [events.told(one) for one in made[: events.MOST_TOLD]]
    events.publish(events.CLOSED, period, by, {"statement_count": len(made), "statements": shown})
    adjusted = Line.objects.filter(statement__in=made, kind=LineKind.ADJUSTMENT).order_by("statement", "number")
    by_statement: dict[Any, list[Line]] = {}
    for line in adjusted:
        by_statement.setdefault(line.statement_id, []).append(line)
    for one in made:
        if lines := by_statement.get(one.pk):
            events.publish_adjusted(
                one, [events.serialize_adjustment(line, line.currency) for line in lines], by=by, is_settled=True
            )
