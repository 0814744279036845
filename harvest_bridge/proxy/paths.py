"""Validates drop-in request targets and classifies them: route, budget, whether it lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from harvest_bridge.api.credentials import refuse_in_query
from harvest_bridge.api.errors import InvalidRequest, NotFound
from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.harvest.operations.operation import require_plain_path

_ROOT = re.compile(r"/(?:api/)?v2/(.+)")
_QUERY = re.compile(r"[\x21\x22\x24-\x7e]*")  # visible ASCII but `#`
_NAME_END = re.compile(r"[.;]")
_AMBIGUOUS = re.compile(r"[/\\%?#]|^\.+(?:;|$)")
_SINGLES = ("me", "company")
# Answered by the identity host, about everything that a person granted: not data of one account.
_NOT_DATA = ("accounts", "oauth2")
_LONGEST_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Route:
    """What a path means to us. `may_list` is whether a GET may answer with a list and its `links`."""

    budget: Budget
    may_list: bool


def route_of(raw_path: bytes) -> Route:
    """Errors: NotFound for anything that Harvest, or something in front of it, might read as another place."""
    return _place_of(raw_path) if len(raw_path) <= _LONGEST_REMEMBERED else _place_of.__wrapped__(raw_path)


@lru_cache(maxsize=2048)
def _place_of(raw_path: bytes) -> Route:
    try:
        path = raw_path.decode("ascii")
        plain = path.removesuffix("/")
        require_plain_path(plain)
    except ValueError:
        raise NotFound("There is no such path in Harvest's API.") from None
    below = _ROOT.fullmatch(plain)
    segments = [unquote(segment, errors="replace") for segment in below[1].split("/")] if below else []
    if not segments or _resource(segments[0]) in _NOT_DATA or not all(map(_is_plain, segments)):
        raise NotFound("There is no such path in Harvest's API.")
    last = segments[-1].removesuffix(".json")
    budget = Budget.REPORTS if _resource(segments[0]) == "reports" else Budget.GENERAL
    return Route(budget, may_list=not last.isdecimal() and last not in _SINGLES)


def _resource(segment: str) -> str:
    """As a lenient server reads it: whatever the case, without a format or parameters behind it."""
    return _NAME_END.split(segment, maxsplit=1)[0].strip().casefold()


def _is_plain(segment: str) -> bool:
    """No second meaning once decoded: no separators, no controls, nothing to decode again."""
    return segment.isprintable() and not _AMBIGUOUS.search(segment)


def query_of(raw_query: bytes) -> str:
    """The query as it stands. Errors: InvalidRequest; CredentialsRefused, for what must never reach a log."""
    if not raw_query:
        return ""
    try:
        query = raw_query.decode("ascii")
    except ValueError:
        query = "\n"
    if not _QUERY.fullmatch(query):
        raise InvalidRequest("The query may hold visible ASCII characters only; percent-encode the others.")
    refuse_in_query(query)
    return query
