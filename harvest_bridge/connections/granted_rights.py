"""Which granted right each Harvest call needs: one table for every path to Harvest.

A connection is linked with some of five rights (`hosts.models.Right`). Its linker's rights in Harvest are another
matter (`rights.py`): a call needs both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from harvest_bridge.hosts.models import Right

from .errors import RightNotGranted
from .models import Connection

_EVERY = frozenset(Right)
_ANY = _EVERY
_READING = ("GET", "HEAD")
_ROOT = re.compile(r"/(?:api/)?v2/")


@dataclass(frozen=True)
class Area:
    """Changing takes `right`; reading takes that, `read`, or one of `also`, which cannot do without it."""

    path: re.Pattern[str]
    right: Right
    also: frozenset[Right] = frozenset()


_TIME = frozenset({Right.TIME})
# The first row that fits decides. What no row knows takes `read`, and to change it every right there is.
_AREAS = (
    Area(re.compile("users/me(/project_assignments)?"), Right.PEOPLE, also=_ANY),
    Area(re.compile(r"users/\d+(/project_assignments)?"), Right.PEOPLE, also=_TIME | {Right.PROJECTS}),
    Area(re.compile("users(/.*)?"), Right.PEOPLE, also=frozenset({Right.PROJECTS})),
    Area(re.compile("roles(/.*)?"), Right.PEOPLE),
    Area(re.compile("company"), Right.PROJECTS, also=_ANY),
    Area(re.compile("(time_entries|expenses)(/.*)?"), Right.TIME, also=frozenset({Right.INVOICES})),
    Area(re.compile("expense_categories(/.*)?"), Right.PROJECTS, also=_TIME),
    Area(re.compile("(clients|contacts)(/.*)?"), Right.PROJECTS, also=frozenset({Right.INVOICES})),
    Area(re.compile("(projects|tasks|task_assignments|user_assignments)(/.*)?"), Right.PROJECTS),
    Area(re.compile("(invoices|estimates|invoice_item_categories|estimate_item_categories)(/.*)?"), Right.INVOICES),
    Area(re.compile("reports/uninvoiced"), Right.INVOICES),
)


def check(connection: Connection, verb: str, path: str) -> None:
    """Called once for every call to Harvest, where its verb and path are known. Errors: RightNotGranted."""
    wanted = wanted_for(verb.upper(), path)
    held = frozenset(connection.rights)
    is_reading = verb.upper() in _READING
    if wanted & held if is_reading else wanted <= held:
        return
    missing = _missing(wanted, held, is_reading)
    raise RightNotGranted(
        f"{verb} {path[:100]} takes the right “{missing}”, which this connection was linked without. Let the host app "
        "ask for it (admin, host app, rights; or `rights` of POST /link-token), and link the account again.",
        missing_right=missing,
    )


def refusal(connection: Connection, verb: str, path: str) -> str:
    """Why such a call would be refused, for people; "" where it would not."""
    try:
        check(connection, verb, path)
    except RightNotGranted as error:
        return error.message
    return ""


@lru_cache(maxsize=2048)
def wanted_for(verb: str, path: str) -> frozenset[Right]:
    """For reading any one of these rights will do; for changing, all of them are needed.

    `path` is Harvest's, with or without `/api`, as it goes out; encoded or not it means the same.
    """
    plain = unquote(path)
    root = _ROOT.match(plain)
    below = plain[root.end() if root else 0 :].rstrip("/").removesuffix(".json")
    area = next((row for row in _AREAS if row.path.fullmatch(below)), None)
    if verb in _READING:
        return frozenset({Right.READ}) | (area.also | {area.right} if area else frozenset())
    return frozenset({area.right}) if area else _EVERY


def _missing(wanted: frozenset[Right], held: frozenset[str], is_reading: bool) -> str:
    if is_reading:
        return str(Right.READ)
    return next(str(right) for right in Right if right in wanted and right not in held)
