"""Errors where a person reads: pages for operators, JSON (`api/errors.py`) for programs."""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import csrf

from harvest_bridge.api import errors
from harvest_bridge.api.outages import outage_of
from harvest_bridge.api.text_validation import UnreadableRequest

_PAGES = ("/admin/", "/accounts/", "/platform/preview/")
_FETCHED = {"empty", "script", "style", "image"}  # Sec-Fetch-Dest of what no person navigates to


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not wants_page(request):
        return errors.bad_request(request, exception)
    is_named = isinstance(exception, UnreadableRequest)
    said = str(exception) if is_named else "The request was malformed. Go back, and try again."
    return _page(400, "This cannot be read", said)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not wants_page(request):
        return errors.permission_denied(request, exception)
    said = "Your account lacks the right to do this. An operator who manages users can give it to you."
    return _page(403, "You may not do this", said, can_change_account=True)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not wants_page(request):
        return errors.page_not_found(request, exception)
    return _page(404, "There is nothing here", "The address is wrong, or what stood here is gone.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    if not wants_page(request):
        return errors.server_error(request)
    if (outage := outage_of(sys.exc_info()[1])) is not None:
        response = _page(outage.status, "Something is away at the moment", outage.message)
        response["Retry-After"] = errors.headers_of(outage)["Retry-After"]
        return response
    return _page(500, "Something broke on our side", "It has been logged. Go back, and try again.")


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    response = _page(429, "Too many attempts", "Wait a minute, then try again.")
    response["Retry-After"] = "60"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    if not wants_page(request):
        failure: HttpResponseBase = csrf.csrf_failure(request, reason)
        return failure
    said = "The form was open for long, or cookies are blocked. Go back, reload the page, and send it again."
    return _page(403, "This form is out of date", said)


def wants_page(request: HttpRequest) -> bool:
    """An operator's page, asked for by a browser's address bar, link or form, not by a script of ours."""
    is_program = request.content_type == "application/json" or request.headers.get("Sec-Fetch-Dest") in _FETCHED
    return request.path.startswith(_PAGES) and not is_program


def _page(status: int, title: str, said: str, **context: Any) -> HttpResponse:
    # Without the request: what asks the database or the session must not break the page that tells of a break.
    words = {"status": status, "title": title, "said": said, "admin": reverse("admin:index"), **context}
    response = HttpResponse(render_to_string("console/error.html", words), status=status)
    response["Cache-Control"] = "no-store"
    return response
