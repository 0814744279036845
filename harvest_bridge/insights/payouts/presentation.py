"""Periods, drafts, statements and their lines as they go on the wire."""

from __future__ import annotations

from typing import Any

from harvest_bridge.insights.envelope import answer
from harvest_bridge.insights.money import from_micros, money, plain, serialize_amounts

from .comparison import Compared
from .days import day_of
from .definitions import PAYOUT
from .drafts import Draft, PersonDraft
from .lines import DraftLine
from .models import ALWAYS, Line, Payee, PayoutRate, Period, Statement, Step

Json = dict[str, Any]


def serialize_period(period: Period) -> Json:
    return {
        "id": str(period.pk),
        "integrated_account_id": str(period.connection_id),
        "kind": str(period.kind),
        "from": period.first_day.isoformat(),
        "to": period.last_day.isoformat(),
        "state": str(period.state),
        "policy": str(period.policy),
        "rate_source": str(period.rate_source),
        "cost_currency": str(period.cost_currency),
        "with_expenses": period.with_expenses,
        "people": list(period.people),
        "created_by": period.created_by,
        "created_at": period.created_at,
        "verified_at": period.verified_at,
        "closed_at": period.closed_at,
    }


def serialize_step(step: Step) -> Json:
    return {
        "what": str(step.what),
        "by": step.by,
        "at": step.at,
        "reference": step.reference or None,
        "statement_id": str(step.statement_id) if step.statement_id else None,
    }


def serialize_draft(draft: Draft, before: dict[int, Compared]) -> Json:
    """What an open period would pay now, with everybody who is in."""
    people = [serialize_person(one, before.get(user_id)) for user_id, one in draft.people.items()]
    body = {
        "period": serialize_period(draft.period),
        "totals": serialize_amounts(draft.totals),
        "people": people,
        "warnings": warnings_of(draft.period),
    }
    return answer(draft.coverage, PAYOUT, body, missing=draft.missing)


def warnings_of(period: Period) -> list[str]:
    return ["policy_all: time is paid whether it was approved or not"] if period.policy == "all" else []


def serialize_person(one: PersonDraft, before: Compared | None) -> Json:
    waiting = [
        {"why": why, "entries": count, "hours": plain(from_micros(one.waiting_hours_micros[why]))}
        for why, count in sorted(one.waiting.items())
    ]
    return {
        "user_id": one.person.user_id,
        "name": one.person.name,
        "state": one.state,
        "hours": plain(from_micros(one.hours_micros)),
        "totals": None if one.blocked else serialize_amounts(one.totals),
        "lines": len(one.lines),
        "adjustments": sum(1 for line in one.lines if line.kind == "adjustment"),
        "blocked_by": [{"why": why, "entries": count} for why, count in sorted(one.blocked.items())],
        "waiting": waiting,
        "warnings": one.warnings,
        "last_period": before.serialize() if before else None,
    }


def serialize_draft_line(number: int, line: DraftLine, names: tuple[dict[int, str], ...], period: Period) -> Json:
    clients, projects, tasks = names
    at = line.standing
    return _line(
        number=number,
        kind=line.kind,
        resource=line.resource,
        harvest_id=line.harvest_id,
        day=at.day,
        client=(at.client_id, clients.get(at.client_id, "")),
        project=(at.project_id, projects.get(at.project_id, "")),
        task=(at.task_id or None, tasks.get(at.task_id, "")),
        hours_micros=at.hours_micros,
        rate_micros=at.rate_micros,
        rate_of=at.rate_of,
        currency=at.currency,
        amount_micros=line.amount_micros,
        reason=line.reason,
        before=line.before,
        after=line.after,
        period=period,
    )


def serialize_line(line: Line, period: Period) -> Json:
    return _line(
        number=line.number,
        kind=line.kind,
        resource=line.resource,
        harvest_id=line.harvest_id,
        day=line.day,
        client=(line.client_id, line.client_name),
        project=(line.project_id, line.project_name),
        task=(line.task_id, line.task_name),
        hours_micros=line.hours_micros,
        rate_micros=line.rate_micros,
        rate_of=line.rate_of,
        currency=line.currency,
        amount_micros=line.amount_micros,
        reason=line.reason,
        before=line.before,
        after=line.after,
        period=period,
    )


def _line(*, day: int, period: Period, kind: str, **given: Any) -> Json:
    spent = day_of(day)
    named = {name: {"id": given[name][0], "name": given[name][1]} for name in ("client", "project", "task")}
    return {
        "number": given["number"],
        "kind": str(kind),
        "resource": given["resource"],
        "id": given["harvest_id"],
        "spent_date": spent.isoformat(),
        "is_late": kind != "adjustment" and spent < period.first_day,
        **named,
        "hours": _maybe(given["hours_micros"]),
        "rate": _maybe(given["rate_micros"]),
        "rate_of": given["rate_of"] or None,
        "currency": given["currency"],
        "amount": money(from_micros(given["amount_micros"]), given["currency"]),
        "reason": given["reason"] or None,
        "before": given["before"],
        "after": given["after"],
    }


def _maybe(micros: int | None) -> str | None:
    return None if micros is None else plain(from_micros(micros))


def serialize_statement(statement: Statement) -> Json:
    return {
        "id": str(statement.pk),
        "sequence": statement.sequence,
        "period_id": str(statement.period_id),
        "user_id": statement.user_id,
        "name": statement.person_name,
        "state": str(statement.state),
        "hours": plain(from_micros(statement.hours_micros)),
        "totals": statement.totals,
        "warnings": statement.warnings,
        "lines": statement.line_count,
        "verified_by": statement.verified_by,
        "closed_by": statement.closed_by,
        "closed_at": statement.closed_at,
        "sha256": statement.sha256,
        "previous_sha256": statement.previous_sha256 or None,
        "payment_reference": statement.payment_reference or None,
        "paid_at": statement.paid_at,
        "paid_by": statement.paid_by or None,
    }


def serialize_rate(rate: PayoutRate) -> Json:
    return {
        "id": rate.pk,
        "user_id": rate.user_id or None,
        "project_id": rate.project_id or None,
        "task_id": rate.task_id or None,
        "rate": plain(from_micros(rate.rate_micros)),
        "currency": rate.currency,
        "starts_on": None if rate.starts_on == ALWAYS else rate.starts_on.isoformat(),
        "created_by": rate.created_by,
        "created_at": rate.created_at,
    }


def serialize_payee(payee: Payee) -> Json:
    """The IBAN by its end alone."""
    return {
        "user_id": payee.user_id,
        "name": payee.name,
        "email": payee.email,
        "receiver_type": str(payee.receiver_type),
        "iban": payee.masked_iban,
        "bic": payee.bic,
    }
