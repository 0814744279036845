"""Asks Harvest for one record, at its own address: as it is now, or that there is none."""

from __future__ import annotations

from harvest_bridge.harvest.errors import HarvestMalformed, HarvestNotFound

from .columns import Seen, seen
from .harvest_calls import HarvestCalls, Read
from .listings import record_at
from .models import Record
from .resources import Resource


def has_address(resource: Resource, row: Record) -> bool:
    return record_at(resource, row) is not None


def look_up(harvest: HarvestCalls, resource: Resource, row: Record) -> Read[Seen] | None:
    """None where Harvest has no such record, or hides it.

    Errors: those of the call; HarvestMalformed for a 404 that is a page, as for a wrong address: it tells of no record.
    """
    operation = record_at(resource, row)
    if operation is None:
        raise AssertionError(f"{resource.name} have no addresses")
    try:
        read = harvest.send(operation)
    except HarvestNotFound as error:
        raise_if_page(error)
        return None
    return Read(seen(resource, read.value, row.parent_id), read.asked_at)


def raise_if_page(error: HarvestNotFound) -> None:
    """Errors: HarvestMalformed where that 404 is the page which Harvest has for a wrong address."""
    if isinstance(error.raw_response, str) and error.raw_response.lstrip().startswith("<"):
        raise HarvestMalformed("Harvest answered 404 with a page, as it does for a wrong address.") from error
