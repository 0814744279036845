"""What the admin's search finds in copies of accounts: invoices by their number, people and contacts by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from harvest_bridge.admin_panels.search import Found
from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.models import Invoice, Record

_MOST = 8
_KINDS = {"users": "Person in Harvest", "contacts": "Contact in Harvest"}


def invoices_numbered(number: str) -> Iterator[Found]:
    """Of exactly this number, in capitals or not: the search hands over small letters."""
    rows = Invoice.objects.filter(number__iexact=number).select_related("mirror__connection").order_by("-pk")
    for row in rows[:_MOST]:
        connection = row.mirror.connection
        yield Found(f"Invoice {row.number}", f"Of {connection.harvest_account_name}", _tenant(connection))


def people_named(words: str) -> Iterator[Found]:
    """Whose name or e-mail address has each of the words. Only lists of people are looked through."""
    wanted = [word for word in words.casefold().split() if len(word) > 1]
    if not wanted:
        return
    has_all = Q()
    for word in wanted:
        has_all &= Q(raw__icontains=json.dumps(word)[1:-1]) | Q(raw__icontains=word)
    rows = Record.objects.filter(has_all, stream__resource__in=_KINDS, deleted_at=None)
    found = 0
    for row in rows.select_related("stream", "mirror__connection").order_by("pk")[: _MOST * 10]:
        record = json.loads(row.raw)
        if found < _MOST and all(word in _names(record).casefold() for word in wanted):
            found += 1
            yield _person(row, record)


def _person(row: Record, record: dict[str, Any]) -> Found:
    connection = row.mirror.connection
    title = f"{record.get('first_name') or ''} {record.get('last_name') or ''}".strip()
    return Found(title, f"{_KINDS[row.stream.resource]}, {connection.harvest_account_name}", _tenant(connection))


def _names(record: dict[str, Any]) -> str:
    return " ".join(str(record.get(name) or "") for name in ("first_name", "last_name", "email"))


def _tenant(connection: Connection) -> str:
    query = {"host_app": str(connection.host_app_id), "tenant": connection.tenant_id}
    return f"{reverse('tenant')}?{urlencode(query)}"
