"""The definition that the list of entries follows."""

from __future__ import annotations

from harvest_bridge.insights.definitions import Definition, register

ENTRIES = register(
    Definition("entries", "time_entries", 1, "Live time entries by day, as Harvest lists them.", ("time_entries",))
)
