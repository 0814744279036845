"""GET /schema/ and /docs/: what we answer, for programs and for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from . import description

# The page's own script draws from a worker of its own making; nothing comes from anywhere else.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def _etag(request: HttpRequest) -> str:
    return description.etag()


@require_safe
@cache_control(public=True, max_age=300)
@condition(etag_func=_etag)
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON; any origin may read it."""
    return HttpResponse(
        description.as_json(),
        content_type="application/vnd.oai.openapi+json; charset=utf-8",
        headers={"Access-Control-Allow-Origin": "*"},
    )


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same to read, drawn by Redoc from our own static files."""
    response = render(request, "console/docs.html")
    response["Content-Security-Policy"] = _POLICY
    return response
