"""The canonical form of a statement, and its SHA-256. Pure.

JSON in UTF-8, keys in order, no spaces, numbers as text; amounts in full minor units. Everything that a statement says
is in it, and the digest of the account's statement before it; so an altered, inserted or removed row shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from harvest_bridge.insights.money import from_micros, money, plain

from .days import day_of
from .lines import DraftLine
from .models import Line, Period, Statement

FORMAT = "harvest-bridge-statement/1"
Json = dict[str, Any]


def digest_of(form: Any) -> str:
    """Of anything in canonical form."""
    text = json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def period_form(period: Period) -> Json:
    return {
        "from": period.first_day.isoformat(),
        "to": period.last_day.isoformat(),
        "kind": str(period.kind),
        "policy": str(period.policy),
        "rate_source": str(period.rate_source),
        "cost_currency": str(period.cost_currency),
        "with_expenses": period.with_expenses,
    }


def statement_form(statement: Statement, period: Period, lines: Iterable[Line]) -> Json:
    return {
        "format": FORMAT,
        "harvest_account_id": str(statement.connection.harvest_account_id),
        "sequence": str(statement.sequence),
        "previous_sha256": statement.previous_sha256,
        "period": period_form(period),
        "person": {
            "user_id": str(statement.user_id),
            "name": statement.person_name,
            "email": statement.person_email,
        },
        "verified_by": statement.verified_by,
        "closed_by": statement.closed_by,
        "closed_at": moment(statement.closed_at),
        "hours": plain(from_micros(statement.hours_micros)),
        "totals": statement.totals,
        "warnings": list(statement.warnings),
        "lines": [line_form(line) for line in lines],
    }


def line_form(line: Line) -> Json:
    return {
        "number": str(line.number),
        "kind": str(line.kind),
        "resource": line.resource,
        "harvest_id": str(line.harvest_id),
        "spent_date": day_of(line.day).isoformat(),
        "client": [line.client_id, line.client_name],
        "project": [line.project_id, line.project_name],
        "task": [line.task_id, line.task_name],
        "hours": None if line.hours_micros is None else plain(from_micros(line.hours_micros)),
        "rate": None if line.rate_micros is None else plain(from_micros(line.rate_micros)),
        "rate_of": line.rate_of,
        "currency": line.currency,
        "amount": money(from_micros(line.amount_micros), line.currency),
        "standing": money(from_micros(line.standing_micros), line.currency),
        "reason": line.reason,
        "before": line.before,
        "after": line.after,
    }


def draft_digest(period: Period, people: Mapping[int, Iterable[DraftLine]]) -> str:
    """Of what would be closed: the same for the same entries, whatever order they came in and on any database."""
    lines = {str(user_id): [_draft_form(line) for line in found] for user_id, found in people.items()}
    return digest_of({"period": period_form(period), "people": lines})


def _draft_form(line: DraftLine) -> list[Any]:
    standing = line.standing
    return [
        *(line.kind, line.resource, str(line.harvest_id), str(line.amount_micros), line.reason),
        *(standing.day, standing.client_id, standing.project_id, standing.task_id),
        *(standing.hours_micros, standing.rate_micros, standing.rate_of, standing.currency),
        standing.amount_micros,
    ]


def moment(value: datetime) -> str:
    """To the microsecond, in UTC."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")
