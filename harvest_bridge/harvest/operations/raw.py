"""Calls whose answers stay Harvest's own JSON, byte for byte, for callers who map or pass on all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Raw

from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations.operation import Operation, RawBody
from harvest_bridge.harvest.pages import OF_ENVELOPE, Page, Position, page_in, paged


def list_raw(
    path: str,
    key: str,
    position: Position | None = None,
    *,
    per_page: int | None = None,
    budget: Budget = Budget.GENERAL,
    filters: Mapping[str, Any] | None = None,
) -> Operation[Page[Raw]]:
    """One page of the list at `path`, whose array is called `key`. Errors of the reader: HarvestMalformed."""
    query = paged(position, per_page, **(filters or {}))
    return Operation("GET", path, _page_of(key), query, budget=budget, decoded_as=dict[str, Raw])


def get_raw(path: str, query: Mapping[str, Any] | None = None) -> Operation[Raw]:
    """One record. Errors: HarvestNotFound; of the reader: HarvestMalformed."""
    return Operation("GET", path, _record, query or {}, decoded_as=Raw)


def write_raw(verb: str, path: str, body: Mapping[str, Any] | RawBody | None) -> Operation[Raw]:
    """Create or change; the answer is the record as it is now. Errors: HarvestRejected, HarvestOutcomeUnknown."""
    return Operation(verb, path, _record, body=body, decoded_as=Raw)


def delete_raw(path: str) -> Operation[None]:
    """Whether Harvest sends back what was deleted varies, so nothing is read."""
    return Operation("DELETE", path, lambda _: None)


def _page_of(key: str) -> Callable[[dict[str, Raw] | None], Page[Raw]]:
    def read(envelope: dict[str, Raw] | None) -> Page[Raw]:
        found = envelope or {}
        try:
            records = msgspec.json.decode(found.get(key, b"null"), type=list[Raw])
            place = {name: msgspec.json.decode(found[name]) for name in OF_ENVELOPE & found.keys()}
        except msgspec.ValidationError as error:
            raise HarvestMalformed(f"Harvest answered without a list of {key} and its place.") from error
        return page_in(place, map(_record, records))

    return read


def _record(answer: Raw | None) -> Raw:
    if answer is None or bytes(memoryview(answer)[:1]) != b"{":
        raise HarvestMalformed("Harvest answered without a record.")
    return answer
