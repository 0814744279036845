"""Turns a path into its template; the path itself may hold ids, names or pasted secrets.

Only words of Harvest's own vocabulary are kept; numbers become `{id}`, anything else `{other}`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from django.urls import Resolver404, resolve

_VOCABULARY = """
    billable_rates categories clients company contacts cost_rates estimate_item_categories estimate_messages estimates
    expense_categories expenses external_reference invoice_item_categories invoice_messages invoice_payments invoices
    me messages new payments project_assignments project_budget projects reports restart roles stop task_assignments
    tasks team teammates time time_entries uninvoiced user_assignments users
"""
WORDS = frozenset(_VOCABULARY.split())
_ROOTS = {"v2": "/v2", "api": "/v2", "custom": "/custom", "proxy": "/proxy"}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_DEEPEST = 8
# Of Harvest's own paths none is half as long; what is remembered of others is not longer either.
_LONGEST = 200


def template_of(raw_path: bytes, route: str = "") -> str:
    """`/v2/users/7` -> `/v2/users/{id}`. `route` is Django's pattern, where its view told it."""
    root = raw_path.split(b"/", 2)[1:2]
    if root and (kept := _ROOTS.get(root[0].decode("latin-1"))):
        return _in_harvests_words(raw_path[:_LONGEST], kept)
    return "/" + _PARAMETER.sub(r"{\1}", route or _route_of(raw_path))


@lru_cache(maxsize=4096)
def _in_harvests_words(raw_path: bytes, root: str) -> str:
    segments = [segment for segment in raw_path.decode("latin-1").split("/")[2:] if segment]
    if segments[:1] == ["v2"] and raw_path.startswith((b"/api/", b"/custom/")):
        segments = segments[1:]
    kept = [_kept(segment) for segment in segments[:_DEEPEST]]
    return "/".join([root, *kept])


def _kept(segment: str) -> str:
    word = segment.removesuffix(".json")
    if word in WORDS:
        return word
    return "{id}" if word.isascii() and word.isdecimal() else "{other}"


def _route_of(raw_path: bytes) -> str:
    """Of a request that never reached its view. Its first part is one of ours, or it would not be logged."""
    path = unquote_to_bytes(raw_path).decode("utf-8", "replace")
    try:
        return str(resolve(path).route)
    except Resolver404:
        return f"{path[1:].partition('/')[0]}/{{other}}"
