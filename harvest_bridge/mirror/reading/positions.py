"""Positions in the feed of a mirror, as readers keep them.

A plain number is one. What an answer gives to go on with says more, so that a reader notices what a number alone would
hide: which copy it counts in, and up to where tombstones had been forgotten when it was given.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.mirror.errors import PositionExpired
from harvest_bridge.mirror.models import Mirror

_TEXT = re.compile(r"(\d{1,18})(?:\.(\d{1,18})\.(\d{1,18}))?", re.ASCII)
SNAPSHOT = "/mirror/snapshot"


@dataclass(frozen=True)
class Position:
    """Shape: `through` is the last number that was read. `mirror_id` None: a plain number, from whatever copy.

    `forgotten` is `Mirror.forgotten_through` of that moment: what was forgotten later, the reader may have missed.
    """

    through: int = 0
    mirror_id: int | None = None
    forgotten: int = 0

    def __str__(self) -> str:
        return str(self.through) if self.mirror_id is None else f"{self.through}.{self.mirror_id}.{self.forgotten}"

    def at(self, through: int, mirror: Mirror) -> Position:
        """Further on, in the same walk: a walk that began at 0 has missed nothing that was forgotten before."""
        is_same = self.mirror_id == mirror.pk
        return Position(through, mirror.pk, self.forgotten if is_same and self.through else mirror.forgotten_through)


def position_from(text: str, *, name: str = "after") -> Position:
    """Errors: InvalidRequest."""
    found = _TEXT.fullmatch(text or "0")
    if found is None:
        raise InvalidRequest(f"{name}: must be a position as an answer gave it, not {text[:40]!r}.")
    through, mirror_id, forgotten = found.groups()
    return Position(int(through), int(mirror_id) if mirror_id else None, int(forgotten or 0))


def require_kept(position: Position, mirror: Mirror) -> None:
    """Errors: PositionExpired, with the address of the snapshot to begin anew with."""
    is_other = position.mirror_id not in (None, mirror.pk)
    is_forgotten = 0 < position.through < mirror.forgotten_through and mirror.forgotten_through > position.forgotten
    if is_other or is_forgotten or position.through > mirror.last_position:
        query = urlencode({"integrated_account_id": str(mirror.connection_id)})
        raise PositionExpired(
            f"after: what was deleted since {position.through} is not kept any more, or the copy was begun anew. "
            "Read `snapshot` from its beginning, and go on with the position that it gives.",
            snapshot=f"{SNAPSHOT}?{query}",
            newest_position=mirror.last_position,
        )
