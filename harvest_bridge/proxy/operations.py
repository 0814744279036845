"""Builds Harvest paths and operations from rows of the resource table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Raw

from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.ids import record_id
from harvest_bridge.harvest.operations.raw import list_raw
from harvest_bridge.harvest.pages import Page, Position

from .resource import Method, Resource


def list_records(
    resource: Resource, path: str, filters: Mapping[str, str]
) -> Callable[[Position | None, int | None], Operation[Page[Raw]]]:
    """One page of the collection, wherever it begins. Errors of the reader: HarvestMalformed."""

    def at(position: Position | None, limit: int | None) -> Operation[Page[Raw]]:
        return list_raw(path, resource.list_key, position, per_page=limit, budget=resource.budget, filters=filters)

    return at


def record_path(path: str, wanted: str, *, takes_me: bool = False) -> str:
    """Errors: HarvestNotFound for what cannot be an id."""
    return f"{path}/{wanted if takes_me and wanted == 'me' else record_id(wanted)}"


def method_path(path: str, name: str, method: Method, wanted: str) -> str:
    """`/v2/time_entries/7/stop`, or `/v2/invoices/3/messages/new` for a method of the whole collection."""
    return f"{path}/{record_id(wanted)}/{name}" if method.has_id else f"{path}/{name}"
