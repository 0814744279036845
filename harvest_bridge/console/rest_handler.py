"""Django's handler for REST requests: without the middleware that only pages need, and with routes that are remembered.

REST reads no session, cookie or form (`api.authentication`), so what pages need for those has nothing to do there.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.urls import ResolverMatch, get_resolver
from django.utils.module_loading import import_string

from harvest_bridge.api.request_log.areas import NOT_LOGGED, area_of

_MOST_ROUTES = 2000


class RestHandler(BaseHandler):
    def __init__(self) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._match = lru_cache(maxsize=_MOST_ROUTES)(_match)
        chain = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for name in reversed(settings.MIDDLEWARE):
            if name in settings.REST_MIDDLEWARE:
                chain = convert_exception_to_response(import_string(name)(chain))
        self._middleware_chain = chain

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Errors: Resolver404."""
        match = request.resolver_match = self._match(request.path_info)
        return match


def is_rest(path: str) -> bool:
    """Whether every view at such paths is one of ours for REST."""
    return area_of(path) != NOT_LOGGED


def _match(path: str) -> ResolverMatch:
    return get_resolver().resolve(path)
