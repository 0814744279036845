"""`//proxy//users`: what an SDK makes of a base URL that ends in a slash (truto-wire §8.1, 7)."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_SEVERAL = re.compile("/{2,}")


class SingleSlashes:
    """Middleware: several slashes in a path are one. Nothing of ours has a path in which they mean something else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.path_info = _SEVERAL.sub("/", request.path_info)
        return self._get_response(request)
