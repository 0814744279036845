"""The feed as Realtime Paged Data Exchange (RPDE 1.1, ordered by an increasing change number).

A walk ends at a page without items whose `next` is itself. Ours ends where the feed ended when its last stretch was
begun, and begins the next stretch a few seconds later: so a reader that walks while others write meets each record
once, and one that polls the last page gets what is new. RPDE asks pollers to leave that page alone for as long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import MAX_LIMIT
from harvest_bridge.mirror.models import Mirror

from .changes_page import joined
from .feed import item_texts, stretch
from .feed_parameters import number_of, streams_of
from .positions import Position, position_from, require_kept

LICENSE = "Private: for the holder of the credentials that this was read with, and nobody else."
USUAL_LIMIT = 1000
REST_SECONDS = 8
_STRETCH = re.compile(r"(\d{1,18})\.(\d{1,12})", re.ASCII)


@dataclass(frozen=True)
class Stretched:
    """Where this walk stands. Shape: `until` is where its stretch ends, and `rests_until` (Unix seconds) when the
    next one may begin; both None at the beginning and where a reader made up the address itself."""

    position: Position
    until: int | None = None
    rests_until: int = 0


def rpde_page(mirror: Mirror, resources: Sequence[str], given: Mapping[str, str], *, address: str, now: float) -> bytes:
    """`address` is the page's own, path and query as they were asked for.

    Errors: InvalidRequest, NotMirrored, PositionExpired.
    """
    limit = number_of(given, "limit", 1, MAX_LIMIT, USUAL_LIMIT)
    place = _place(given, mirror)
    streams = streams_of(mirror, resources)
    chosen = list(streams) if resources else None
    until = mirror.last_position if place.until is None else place.until
    found = stretch(mirror, after=place.position.through, through=until, limit=limit, streams=chosen)
    if not found.changes and place.until is not None and now >= place.rests_until:
        until = mirror.last_position
        found = stretch(mirror, after=place.position.through, through=until, limit=limit, streams=chosen)
    if not found.changes:
        following = address
    else:
        position = place.position.at(found.changes[-1].position, mirror)
        query = {**given, **_parameters(position, until, int(now) + REST_SECONDS)}
        following = f"{address.partition('?')[0]}?{urlencode(query)}"
    items = item_texts(found.changes, streams, is_mixed=len(resources) != 1)
    return joined(items, {"next": settings.PUBLIC_URL + following, "license": LICENSE}, name="items")


def _place(given: Mapping[str, str], mirror: Mirror) -> Stretched:
    """Beyond the newest number is the end of the feed, not a mistake: so readers find the last page (RPDE §4.5)."""
    text = given.get("afterChangeNumber", "")
    if given.get("feed"):
        position = position_from(f"{text}.{given['feed']}", name="afterChangeNumber")
    else:
        position = position_from(text, name="afterChangeNumber")
    if position.through <= mirror.last_position or position.mirror_id is not None:
        require_kept(position, mirror)
    if not given.get("stretch"):
        return Stretched(position)
    found = _STRETCH.fullmatch(given["stretch"])
    if found is None:
        raise InvalidRequest("stretch: follow `next` as it was given, or leave this out.")
    return Stretched(position, int(found[1]), int(found[2]))


def _parameters(position: Position, until: int, rests_until: int) -> dict[str, str]:
    return {
        "afterChangeNumber": str(position.through),
        "feed": f"{position.mirror_id}.{position.forgotten}",
        "stretch": f"{until}.{rests_until}",
    }
