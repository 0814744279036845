"""`/integration` and `/environment-integration`: one entry each, Harvest's, as Truto's clients ask for them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from harvest_bridge.api.errors import NotFound
from harvest_bridge.hosts.models import HostApp

Json = dict[str, Any]

NAME = "harvest"
SUMMARY: Json = {"id": NAME, "name": NAME, "category": "Default"}
INTEGRATION_FILTERS = ("id", "name", "category")
INSTALLED_FILTERS = (
    "id",
    "environment_id",
    "integration_id",
    "integration.name",
    "is_enabled",
    "show_in_catalog",
)


def environment_integration_id(host_app_id: uuid.UUID) -> str:
    """Harvest as one host app has it; the same id for ever."""
    return str(uuid.uuid5(host_app_id, NAME))


def integration(host_app: HostApp) -> Json:
    return {
        **SUMMARY,
        "label": "Harvest",
        "is_beta": False,
        "created_at": iso(host_app.created_at),
        "updated_at": iso(host_app.created_at),
    }


def environment_integration(host_app: HostApp) -> Json:
    return {
        "id": environment_integration_id(host_app.pk),
        "environment_id": str(host_app.pk),
        "integration_id": NAME,
        "integration": dict(SUMMARY),
        "is_enabled": True,
        "show_in_catalog": True,
        "override": {},
        "created_at": iso(host_app.created_at),
        "updated_at": iso(host_app.created_at),
    }


def matching(entry: Json, request: Request, names: tuple[str, ...]) -> list[Json]:
    """`entry`, if every filter that is given fits it."""
    asked = {name: request.query_params[name] for name in names if request.query_params.get(name)}
    return [entry] if all(_text(entry, name) == value for name, value in asked.items()) else []


def the_one(entry: Json, wanted: str) -> Json:
    """By its id, or its name. Errors: NotFound."""
    if wanted not in (entry["id"], entry.get("name")):
        raise NotFound("There is no such entry; Harvest's is the only one.")
    return entry


def iso(moment: Any) -> str:
    text: str = moment.isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _text(entry: Mapping[str, Any], name: str) -> str:
    outer, _, inner = name.partition(".")
    value = entry[outer][inner] if inner else entry[outer]
    return str(value).lower() if isinstance(value, bool) else str(value)
