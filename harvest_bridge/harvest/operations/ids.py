"""Ids on their way into a path."""

from __future__ import annotations

import re

from harvest_bridge.harvest.errors import HarvestNotFound

_ID = re.compile(r"[1-9][0-9]{0,18}")


def record_id(value: int | str) -> str:
    """The path segment for a record's id.

    Units: Harvest's ids are positive 64-bit whole numbers; the unified schema carries them as text.
    Errors: HarvestNotFound for anything else, as no record can have it; Harvest is not asked.
    """
    text = "" if isinstance(value, bool) else str(value)
    if not _ID.fullmatch(text):
        raise HarvestNotFound(f"There is no Harvest record with the id {text[:40]!r}; ids are whole numbers.")
    return text
