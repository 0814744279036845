"""Collapses double slashes: SDKs turn a base URL that ends in a slash into `/proxy//users/` (truto-wire §8.1)."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .request_log.areas import AREAS

_SEVERAL = re.compile("/{2,}")
# The data of accounts: nothing there ends in a slash. Pages for browsers do, and stay as they are.
_TRAILING = re.compile("(/(?:proxy|custom|unified)/.+)/")


_DATA = frozenset({*AREAS, "connect-account"})


class SingleSlashes:
    """Middleware: in a path to data several slashes are one, and one at its end is none.

    No redirect, which would lose the body of a write. Other paths stay as they are: a proxy in front may have a rule
    for `/admin/`, and `//admin/` must not lead there past it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = _SEVERAL.sub("/", request.path_info)
        if path[1:].partition("/")[0] not in _DATA:
            return self._get_response(request)
        request.path_info = path[:-1] if _TRAILING.fullmatch(path) else path
        return self._get_response(request)
