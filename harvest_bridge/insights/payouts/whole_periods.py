"""A whole period, and one person's statement in it: open ones by the mirror, closed ones as they stand for good."""

from __future__ import annotations

from typing import Any

from harvest_bridge.insights.money import serialize_amounts

from .comparison import last_statements
from .drafts import draft_of
from .errors import NoSuchPayout
from .models import Period, Statement
from .people import names_of
from .presentation import (
    serialize_draft,
    serialize_draft_line,
    serialize_line,
    serialize_period,
    serialize_person,
    serialize_statement,
    serialize_step,
    warnings_of,
)
from .queries import lines_of, statement_of
from .sums import totals_of

Json = dict[str, Any]


def whole_period(period: Period) -> Json:
    """Errors: those of `draft_of`, where it is open."""
    steps = [serialize_step(one) for one in period.steps.all()]
    if not period.is_closed:
        return {**serialize_draft(draft_of(period), last_statements(period)), "statements": [], "steps": steps}
    rows = list(Statement.objects.filter(period=period))
    return {
        "period": serialize_period(period),
        "totals": serialize_amounts(totals_of(rows)),
        "people": [],
        "warnings": warnings_of(period),
        "statements": [serialize_statement(one) for one in rows],
        "steps": steps,
    }


def whole_statement(period: Period, user_id: int | None) -> Json:
    """With every line. Errors: NoSuchPayout; those of `draft_of`."""
    if period.is_closed:
        statement = statement_of(period, user_id)
        if statement is None:
            raise NoSuchPayout("user_id: this period has no statement for this person.")
        lines = [serialize_line(one, period) for one in lines_of(statement)]
        return {
            "period": serialize_period(period),
            "statement": serialize_statement(statement),
            "draft": None,
            "lines": lines,
        }
    return _drafted(period, user_id)


def _drafted(period: Period, user_id: int | None) -> Json:
    draft = draft_of(period)
    one = draft.people.get(user_id or 0)
    if one is None:
        raise NoSuchPayout("user_id: this person is not in this period.")
    mirror = draft.coverage.mirror
    names = tuple(names_of(mirror, resource) for resource in ("clients", "projects", "tasks"))
    lines = [serialize_draft_line(number, line, names, period) for number, line in enumerate(one.lines, 1)]
    before = last_statements(period).get(one.person.user_id)
    return {
        "period": serialize_period(period),
        "statement": None,
        "draft": serialize_person(one, before),
        "lines": lines,
    }
