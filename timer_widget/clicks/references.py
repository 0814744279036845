"""The link from a time entry back to an item of the host app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvest_bridge.harvest.records import ExternalReference


def reference_to(item: Mapping[str, Any]) -> ExternalReference | None:
    """Empty parts are left out; without an item id there is no reference."""
    if not item["id"]:
        return None
    return ExternalReference(
        id=item["id"],
        group_id=item["group_id"] or None,
        account_id=item["account_id"] or None,
        permalink=item["permalink"] or None,
    )
