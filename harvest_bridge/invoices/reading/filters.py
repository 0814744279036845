"""What lists of invoices and estimates can be narrowed by: the mirror's filters, a status, days due, amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import refuse_unknown
from harvest_bridge.api.query_kinds import DAY, TEXT, Kind, read_parameter
from harvest_bridge.api.query_lists import values_of
from harvest_bridge.invoices.statuses import Status, condition
from harvest_bridge.mirror.columns import day_of
from harvest_bridge.mirror.models import Invoice, Record, Stream
from harvest_bridge.mirror.reading.filters import condition_of
from harvest_bridge.mirror.resources import BY_NAME

_AMOUNT = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
ESTIMATE_STATUSES = ("draft", "sent", "accepted", "declined", "deleted")


def _amount(text: str) -> str:
    if not _AMOUNT.fullmatch(text):
        raise ValueError
    return text


def _currency(text: str) -> str:
    if not _CURRENCY.fullmatch(text.upper()):
        raise ValueError
    return text.upper()


AMOUNT = Kind("an amount such as 1250.00", {"type": "string"}, _amount)
CURRENCY = Kind("a currency such as EUR", {"type": "string"}, _currency)
_MICROS = 1_000_000
_DAYS = (("from", "to", DAY), ("due_from", "due_to", DAY))


def _day(text: str) -> int | None:
    return day_of(date.fromisoformat(text))


def _micros(text: str) -> int:
    return int(Decimal(text) * _MICROS)


# By name: the kind, and a condition on rows of the mirror's `Invoice`.
OF_INVOICES: Mapping[str, tuple[Kind, Any]] = {
    "due_from": (DAY, lambda text: Q(due_day__gte=_day(text))),
    "due_to": (DAY, lambda text: Q(due_day__lte=_day(text))),
    "amount_from": (AMOUNT, lambda text: Q(amount_micros__gte=_micros(text))),
    "amount_to": (AMOUNT, lambda text: Q(amount_micros__lte=_micros(text))),
    "currency": (CURRENCY, lambda text: Q(currency=text)),
    "number": (TEXT, lambda text: Q(number=text)),
}


@dataclass(frozen=True)
class Narrowed:
    """What a list is narrowed to: rows of records, and of the mirror's `Invoice`, which has the live ones alone.

    `texts` are the values as they were read, for cursors.
    """

    records: Q
    invoices: Q | None
    with_deleted: bool
    with_live: bool
    texts: Mapping[str, str]

    def rows(self, stream: Stream) -> QuerySet[Record]:
        rows = Record.objects.filter(self.records, stream=stream)
        live = Q(deleted_at=None)
        if self.invoices is not None:
            of_record = Invoice.objects.filter(mirror=OuterRef("mirror_id"), harvest_id=OuterRef("harvest_id"))
            live &= Q(Exists(of_record.filter(self.invoices)))
        wanted = (live if self.with_live else Q(pk__in=())) | (
            Q(deleted_at__isnull=False) if self.with_deleted else Q(pk__in=())
        )
        return rows.filter(wanted)


def invoices_asked(given: Mapping[str, Any], *, today: date, besides: set[str]) -> Narrowed:
    """Errors: InvalidRequest, naming the parameter."""
    known = {"client_id", "project_id", "state", "from", "to", "updated_since", "status", *OF_INVOICES}
    refuse_unknown(given, known=known | besides)
    records, texts = condition_of(BY_NAME["invoices"], given)
    _refuse_reversed(given)
    statuses = _statuses(given, tuple(Status))
    numbers, more = _numbers(given)
    if Status.DELETED in statuses and numbers is not None:
        raise InvalidRequest(f"status: deleted cannot be asked for with {', '.join(more)}; ask for it alone.")
    live = [status for status in statuses if status != Status.DELETED]
    if live:
        any_of = Q()
        for status in live:
            any_of |= condition(Status(status), today=today)
        numbers = any_of if numbers is None else numbers & any_of
    return Narrowed(
        records,
        numbers,
        with_deleted=Status.DELETED in statuses,
        with_live=not statuses or bool(live),
        texts={**texts, **more, "status": ",".join(statuses)},
    )


def estimates_asked(given: Mapping[str, Any], *, besides: set[str]) -> Narrowed:
    """Errors: InvalidRequest, naming the parameter."""
    refuse_unknown(given, known={"client_id", "state", "from", "to", "updated_since", "status"} | besides)
    records, texts = condition_of(BY_NAME["estimates"], given)
    _refuse_reversed(given)
    statuses = _statuses(given, ESTIMATE_STATUSES)
    live = [status for status in statuses if status != "deleted"]
    if live:
        records &= Q(state__in=live) | Q(deleted_at__isnull=False)
    return Narrowed(
        records,
        None,
        with_deleted="deleted" in statuses,
        with_live=not statuses or bool(live),
        texts={**texts, "status": ",".join(statuses)},
    )


def _statuses(given: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    found = values_of(given.get("status", ""))
    if found is None or not set(found) <= set(known):
        raise InvalidRequest(f"status: must be one or several of {', '.join(known)}.")
    return sorted(found)


def _refuse_reversed(given: Mapping[str, Any]) -> None:
    """A range that ends before it begins has nothing in it, whatever was meant. Errors: InvalidRequest."""
    for first, last, kind in (*_DAYS, ("amount_from", "amount_to", AMOUNT)):
        begin, end = (read_parameter(name, kind, given[name]) if name in given else None for name in (first, last))
        if begin and end and _is_reversed(begin, end, kind=kind):
            raise InvalidRequest(f"{last}: is below {first}; exchange the two.")


def _is_reversed(first: str, last: str, *, kind: Kind) -> bool:
    return Decimal(first) > Decimal(last) if kind is AMOUNT else first > last


def _numbers(given: Mapping[str, Any]) -> tuple[Q | None, dict[str, str]]:
    found, texts = Q(), {}
    for name, (kind, made) in OF_INVOICES.items():
        text = read_parameter(name, kind, given[name]) if name in given else None
        if text is not None:
            texts[name] = text
            found &= made(text)
    return (found if texts else None), texts
