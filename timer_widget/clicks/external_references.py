"""Harvest's `external_reference`: the link from a time entry back to an item of the host app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvest_bridge.harvest.records import ExternalReference

NO_ITEM: dict[str, Any] = {"id": "", "group_id": "", "account_id": "", "permalink": ""}  # time without a reference


def external_reference(item: Mapping[str, Any]) -> ExternalReference | None:
    """Leaves out empty parts; None for an item without an id."""
    if not item["id"]:
        return None
    return ExternalReference(
        id=item["id"],
        group_id=item["group_id"] or None,
        account_id=item["account_id"] or None,
        permalink=item["permalink"] or None,
    )
