"""The OpenAPI 3.1 description of everything a host calls, put together once per process."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from harvest_bridge.api.description import error, examples
from harvest_bridge.connections import description as linking
from harvest_bridge.insights import openapi as insights
from harvest_bridge.invoices import description as invoices
from harvest_bridge.invoices.inbox import views as inbox
from harvest_bridge.invoices.payments import description as invoice_payments
from harvest_bridge.invoices.reconciliation import views as reconciliation
from harvest_bridge.mirror import description as mirror
from harvest_bridge.mirror.reading import description as mirror_reading
from harvest_bridge.provisioning import description as provisioning
from harvest_bridge.provisioning import openapi_paths as provisioning_paths
from harvest_bridge.proxy import openapi as proxy
from harvest_bridge.proxy import openapi_parts as proxy_parts
from harvest_bridge.unified import description as directory
from harvest_bridge.unified.identities import description as identities
from harvest_bridge.webhooks import description as webhooks

from .openapi_examples import give_examples
from .openapi_failures import share_failures

Json = dict[str, Any]
# What a host calls. The timer's own API is for our frames alone (docs/widget.md).
# /proxy and /custom are described from their table instead: one path for each of Harvest's collections.
_DESCRIBED = [
    path("", include("harvest_bridge.webhooks.urls")),
    path("", include("harvest_bridge.connections.urls")),
    path("", include("harvest_bridge.unified.urls")),
    path("", include("harvest_bridge.mirror.urls")),
    path("", include("harvest_bridge.mirror.reading.urls")),
    path("", include("harvest_bridge.insights.urls")),
    path("", include("harvest_bridge.provisioning.urls")),
    path("", include("harvest_bridge.invoices.urls")),
]
_BEARER: Json = {"type": "http", "scheme": "bearer"}
_TOKENS: Json = {
    "apiKey": {**_BEARER, "bearerFormat": "hb_live_…", "description": "The host's back end; never in a browser."},
    "integratedAccountToken": {**_BEARER, "description": "The data of one linked account, for 15 minutes."},
}


@lru_cache
def document() -> Json:
    """Every path with its parameters, bodies, answers and errors."""
    found = cast(Json, SchemaGenerator(patterns=_DESCRIBED).get_schema(request=None, public=True))  # type: ignore[no-untyped-call]
    found["security"] = [{scheme: []} for scheme in _TOKENS]
    found["servers"] = [{"url": settings.PUBLIC_URL}]
    return found


@lru_cache
def as_json() -> bytes:
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":")).encode()


@lru_cache
def etag() -> str:
    """Weak, as one answer goes out in several encodings."""
    return f'W/"{hashlib.sha256(as_json()).hexdigest()[:32]}"'


def complete(result: Json, **_: Any) -> Json:
    """With the table of /proxy, and what views refer to by name (drf-spectacular's postprocessing hook)."""
    components = result.setdefault("components", {})
    described = (
        components.get("schemas", {}),
        proxy_parts.components(),
        linking.SCHEMAS,
        webhooks.schemas(),
        directory.components(),
        identities.SCHEMAS,
        mirror.SCHEMAS,
        mirror_reading.SCHEMAS,
        insights.SCHEMAS,
        provisioning.SCHEMAS,
        provisioning_paths.SCHEMAS,
        invoices.SCHEMAS,
        invoice_payments.SCHEMAS,
        reconciliation.SCHEMAS,
        inbox.SCHEMAS,
    )
    schemas = {name: schema for part in described for name, schema in part.items()} | {"Error": error()}
    beside = webhooks.paths() | mirror_reading.paths() | provisioning_paths.paths()
    result["paths"] = {
        **dict(sorted((result["paths"] | beside).items())),
        **dict(sorted(proxy.paths().items())),
    }
    result["webhooks"] = webhooks.webhooks()
    result["x-tagGroups"] = _groups(result["paths"])
    result["components"] = {
        "schemas": dict(sorted(schemas.items())),
        "responses": share_failures(result["paths"]),
        "examples": examples(),
        "securitySchemes": _TOKENS,
    }
    return result


def _groups(paths: Json) -> list[Json]:
    """The chapters of the page, and for every operation a title, where it has none, and its examples."""
    ours: dict[str, None] = {}
    harvests: dict[str, None] = {}
    for where, item in paths.items():
        for operation in item.values():
            operation.setdefault("summary", operation["operationId"].replace("_", " ").capitalize())
            give_examples(operation)
            (harvests if where.startswith(("/proxy/", "/custom/")) else ours).update(dict.fromkeys(operation["tags"]))
    return [{"name": "Harvest Bridge", "tags": list(ours)}, {"name": "Harvest through us", "tags": list(harvests)}]
