"""Calls whose answers stay Harvest's own JSON, for callers who map or pass on all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations.operation import Operation, RawBody
from harvest_bridge.harvest.pages import Page, Position, page_of, paged

Json = dict[str, Any]


def list_raw(
    path: str,
    key: str,
    position: Position | None = None,
    *,
    per_page: int | None = None,
    budget: Budget = Budget.GENERAL,
    filters: Mapping[str, Any] | None = None,
) -> Operation[Page[Json]]:
    """One page of the list at `path`, whose array is called `key`. Errors of the reader: HarvestMalformed."""
    return Operation("GET", path, page_of(key, as_record), paged(position, per_page, **(filters or {})), budget=budget)


def get_raw(path: str, query: Mapping[str, Any] | None = None) -> Operation[Json]:
    """One record. Errors: HarvestNotFound; of the reader: HarvestMalformed."""
    return Operation("GET", path, as_record, query or {})


def write_raw(verb: str, path: str, body: Mapping[str, Any] | RawBody | None) -> Operation[Json]:
    """Create or change; the answer is the record as it is now. Errors: HarvestRejected, HarvestOutcomeUnknown."""
    return Operation(verb, path, as_record, body=body)


def delete_raw(path: str) -> Operation[None]:
    """Whether Harvest sends back what was deleted varies, so nothing is read."""
    return Operation("DELETE", path, lambda _: None)


def as_record(value: Any) -> Json:
    """Errors: HarvestMalformed."""
    if not isinstance(value, dict):
        raise HarvestMalformed("Harvest answered without a record.")
    return value
