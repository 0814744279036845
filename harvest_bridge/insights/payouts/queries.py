"""What is asked of payouts: rows of one account."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from harvest_bridge.connections.models import Connection

from .errors import NoSuchPayout
from .models import Line, Period, Statement


def periods_of(connection: Connection) -> QuerySet[Period]:
    return Period.objects.filter(connection=connection).select_related("connection")


def period_of(connection: Connection, period_id: str) -> Period:
    """Errors: NoSuchPayout."""
    wanted = _uuid(period_id)
    found = None if wanted is None else periods_of(connection).filter(pk=wanted).first()
    if found is None:
        raise NoSuchPayout(f"This account has no payout period {period_id[:40]!r}; GET /insights/payouts lists them.")
    return found


def statement_of(period: Period, user_id: int | None) -> Statement | None:
    return None if user_id is None else Statement.objects.filter(period=period, user_id=user_id).first()


def statements_named(period: Period, ids: list[UUID]) -> list[Statement]:
    """Errors: NoSuchPayout, which names those that are not of this period."""
    rows = {one.pk: one for one in Statement.objects.filter(period=period, pk__in=ids)}
    unknown = [str(one) for one in ids if one not in rows]
    if unknown:
        raise NoSuchPayout(f"statements: this period has no {', '.join(unknown[:5])}.")
    return list(rows.values())


def lines_of(statement: Statement) -> QuerySet[Line]:
    return Line.objects.filter(statement=statement).order_by("number")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
