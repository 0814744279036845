"""Whether a name may be given twice: nobody outside of Harvest knows (REFERENCE §16.3)."""

from __future__ import annotations

from collections.abc import Iterable

from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.records import Client, Project, Task
from harvest_bridge.sandbox.switches import Switches

Named = Client | Project | Task


def refuse_taken_name(switches: Switches, others: Iterable[Named], name: str | None, owner: Named | None) -> None:
    """Errors: 422 where the switch asks for names that are unique among `others`."""
    if switches.duplicate_names == "accept" or not name:
        return
    if any(one.name.lower() == name.lower() and one is not owner for one in others):
        raise unprocessable("Name has already been taken")
