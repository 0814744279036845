"""GET /schema/: what we answer, for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe
from django.views.decorators.vary import vary_on_headers

from harvest_bridge.api.compression import compress

from . import openapi_document


def _etag(request: HttpRequest) -> str:
    return openapi_document.etag()


@require_safe
@cache_control(public=True, max_age=300)
@vary_on_headers("Accept-Encoding")
@condition(etag_func=_etag)
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON, made once per process; any origin may read it."""
    response = HttpResponse(
        openapi_document.as_json(),
        content_type="application/vnd.oai.openapi+json; charset=utf-8",
        headers={"Access-Control-Allow-Origin": "*"},
    )
    return compress(request, response)
