"""The host's exchange rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from harvest_bridge.api.errors import NotFound
from harvest_bridge.api.inputs import whole_number
from harvest_bridge.connections.models import Connection

from .models import ExchangeRate


@transaction.atomic
def set_rates(*, connection: Connection, rates: Sequence[Mapping[str, Any]]) -> list[ExchangeRate]:
    """Each in place of what was said for the same currencies and day."""
    found = []
    for one in rates:
        named = {name: one[name] for name in ("source", "target", "starts_on")}
        row, _ = ExchangeRate.objects.update_or_create(connection=connection, **named, defaults={"rate": one["rate"]})
        found.append(row)
    return found


def delete_rate(*, connection: Connection, rate_id: str) -> None:
    """Errors: NotFound."""
    number = whole_number(rate_id)
    deleted = 0
    if number is not None:
        deleted, _ = ExchangeRate.objects.filter(connection=connection, pk=number).delete()
    if not deleted:
        raise NotFound(f"This account has no exchange rate {rate_id[:40]!r}.")
