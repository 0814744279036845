"""`//proxy//users/`: what SDKs make of a base URL that ends in a slash, or of no id at the end (truto-wire §8.1, 7)."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_SEVERAL = re.compile("/{2,}")
# The data of accounts: nothing there ends in a slash. Pages for browsers do, and stay as they are.
_TRAILING = re.compile("(/(?:proxy|custom|unified)/.+)/")


class SingleSlashes:
    """Middleware: several slashes in a path are one, and one at its end is none.

    Nothing of ours has a path in which they mean something else. No redirect, which would lose the body of a write.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = _SEVERAL.sub("/", request.path_info)
        request.path_info = path[:-1] if _TRAILING.fullmatch(path) else path
        return self._get_response(request)
