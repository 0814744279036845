"""Payout rates and payees: what the host keeps here of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.insights.money import MICROS
from harvest_bridge.insights.records.known_ids import refuse_unknown_ids

from .errors import NoSuchPayout, RateTaken
from .models import ALWAYS, Payee, PayoutRate


def set_rate(
    *,
    connection: Connection,
    user_id: int | None,
    project_id: int | None,
    task_id: int | None,
    rate: Decimal,
    currency: str,
    starts_on: date | None,
    by: str,
) -> PayoutRate:
    """From that day on. Errors: RateTaken; remove the other first, so that no rate changes unseen. InvalidRequest for
    whom or what the mirror does not know."""
    for field, resource, one in (
        ("user_id", "users", user_id),
        ("project_id", "projects", project_id),
        ("task_id", "tasks", task_id),
    ):
        refuse_unknown_ids(connection, field, resource, [one] if one else [])
    try:
        with transaction.atomic():
            return PayoutRate.objects.create(
                connection=connection,
                user_id=user_id or 0,
                project_id=project_id or 0,
                task_id=task_id or 0,
                rate_micros=int(rate * MICROS),
                currency=currency,
                starts_on=starts_on or ALWAYS,
                created_by=by,
            )
    except IntegrityError:
        raise RateTaken(
            f"starts_on: a rate for the same person, project and task begins on {starts_on or 'every day'} already; "
            "remove that one first."
        ) from None


def remove_rate(*, connection: Connection, rate_id: int) -> PayoutRate:
    """It holds no more, for no day; statements that applied it keep it. Errors: NoSuchPayout."""
    row = PayoutRate.objects.filter(connection=connection, pk=rate_id, removed_at=None).first()
    if row is None:
        raise NoSuchPayout(f"id: this account has no payout rate {rate_id}.")
    row.removed_at = timezone.now()
    row.save(update_fields=["removed_at"])
    return row


def set_payee(*, connection: Connection, user_id: int, iban: str, **given: str) -> Payee:
    """Errors: InvalidRequest for somebody whom the mirror does not know."""
    refuse_unknown_ids(connection, "user_id", "users", [user_id])
    sealed = key_ring().seal(iban, bound_to=Payee.binding(connection.pk, user_id)) if iban else ""
    row, _ = Payee.objects.update_or_create(
        connection=connection, user_id=user_id, defaults={**given, "sealed_iban": sealed}
    )
    return row
