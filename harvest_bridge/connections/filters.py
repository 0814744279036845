"""What the list of connections can be narrowed by, in the wire's names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework.request import Request

from harvest_bridge.api.errors import InvalidRequest

from .models import Kind, Status

TEXTS = ("tenant_id", "user_id")
CHOICES = {
    "status": Status.values,
    "kind": Kind.values,
    "integration.name": ["harvest"],
    "is_sandbox": ["false", "true"],
}
MOMENTS = {f"{field}[{side}]": f"{field}__{side}" for field in ("created_at", "updated_at") for side in ("gt", "lt")}
NAMES = (*TEXTS, *CHOICES, *MOMENTS)


def lookups_from(request: Request) -> dict[str, Any]:
    """Django lookups. Errors: InvalidRequest naming the parameter and what it may be."""
    lookups: dict[str, Any] = {}
    for name in NAMES:
        text = request.query_params.get(name, "")
        if text:
            lookups |= _lookup(name, text)
    return lookups


def _lookup(name: str, text: str) -> dict[str, Any]:
    if name in CHOICES and text not in CHOICES[name]:
        raise InvalidRequest(f"{name}: must be one of {', '.join(CHOICES[name])}, not {text[:40]!r}.")
    if name == "integration.name":
        return {}
    if name == "is_sandbox":
        return {"pk__in": []} if text == "true" else {}
    return {MOMENTS[name]: _moment(name, text)} if name in MOMENTS else {name: text}


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(f"{name}: write a moment like 2026-11-24T06:00:00Z, not {text[:40]!r}.") from error
