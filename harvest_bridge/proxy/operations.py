"""Harvest calls for any row of the table, as values. Records stay Harvest's own JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import Operation, RawBody
from harvest_bridge.harvest.operations.ids import record_id
from harvest_bridge.harvest.pages import Page, Position, page_of, paged

from .resource import Method, Resource

Json = dict[str, Any]


def list_records(
    resource: Resource, path: str, filters: Mapping[str, str]
) -> Callable[[Position | None, int | None], Operation[Page[Json]]]:
    """One page of the collection, wherever it begins. Errors of the reader: HarvestMalformed."""

    def at(position: Position | None, limit: int | None) -> Operation[Page[Json]]:
        query = paged(position, limit, **filters)
        return Operation("GET", path, page_of(resource.list_key, _record), query, budget=resource.budget)

    return at


def read_record(path: str, query: Mapping[str, str] | None = None) -> Operation[Json]:
    return Operation("GET", path, _record, query or {})


def write_record(verb: str, path: str, body: Mapping[str, Any] | RawBody | None) -> Operation[Json]:
    """Create or change; the answer is the record as it is now. Errors: HarvestRejected, HarvestOutcomeUnknown."""
    return Operation(verb, path, _record, body=body)


def delete_record(path: str) -> Operation[None]:
    """Whether Harvest sends back what was deleted varies, so nothing is read."""
    return Operation("DELETE", path, lambda _: None)


def record_path(path: str, wanted: str, *, takes_me: bool = False) -> str:
    """Errors: HarvestNotFound for what cannot be an id."""
    return f"{path}/{wanted if takes_me and wanted == 'me' else record_id(wanted)}"


def method_path(path: str, name: str, method: Method, wanted: str) -> str:
    """`/v2/time_entries/7/stop`, or `/v2/invoices/3/messages/new` for a method of the whole collection."""
    return f"{path}/{record_id(wanted)}/{name}" if method.has_id else f"{path}/{name}"


def _record(value: Any) -> Json:
    if not isinstance(value, dict):
        raise HarvestMalformed("Harvest answered without a record.")
    return value
