"""The editor behind the admin's pages: what a form asks for, and the live preview's answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from harvest_bridge.api.errors import InvalidRequest, json_error
from harvest_bridge.connections import history
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError

from . import queries, services
from .application import Json
from .forms import Target, linked
from .models import FieldMapping
from .queries import Layer
from .samples import Trial, sample


def change(target: Target, *, asked: dict[str, Any], actor: str) -> FieldMapping:
    """Save, remove or restore. Errors: as in services."""
    words, based_on = target.words(), asked["based_on"]
    if asked["action"] == "remove":
        return services.remove_mapping(**words, actor=actor)
    if asked["action"] == "restore":
        return services.restore_version(**words, version=asked["version"] or 0, actor=actor, based_on=based_on)
    return services.set_mapping(**words, expression=asked["expression"], actor=actor, based_on=based_on)


def actor_of(request: HttpRequest) -> str:
    return history.operator(request.user.get_username())


def sample_answer(request: HttpRequest) -> HttpResponseBase:
    """POST `{connection, resource, id}`: a real record, asked of Harvest once and then kept by the page."""
    return _answered(request, lambda asked: {"record": _seen(_connection(asked), asked)})


def preview_answer(request: HttpRequest) -> HttpResponseBase:
    """POST `{connection, resource, field, expression, record}`: the value as built in, as it is, and as it would be."""
    return _answered(request, _previewed)


def _previewed(asked: dict[str, Any]) -> dict[str, Any]:
    connection = _connection(asked)
    layer = Layer(connection.host_app, connection)
    resource, field, expression = _text(asked, "resource"), _text(asked, "field"), _text(asked, "expression")
    services.check_expression(layer=layer, resource=resource, field=field, expression=expression)
    trial = Trial(owner=layer.owner, resource=resource, field=field, record=_record(asked))
    after = trial.of(expression)
    standing = queries.in_force(connection, resource).get(field)
    now = trial.of(standing)["after"] if standing else after["before"]
    return {"built_in": after["before"], "now": now, "after": after["after"], "errors": after["errors"]}


def _answered(request: HttpRequest, answer: Callable[[dict[str, Any]], dict[str, Any]]) -> HttpResponseBase:
    try:
        return JsonResponse(answer(_body(request)))
    except BridgeError as error:
        return json_error(error)


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
    except ValueError as error:
        raise InvalidRequest("body: this is not JSON.") from error
    if not isinstance(asked, dict):
        raise InvalidRequest("body: send a JSON object.")
    return asked


def _seen(connection: Connection, asked: dict[str, Any]) -> Json:
    resource = _text(asked, "resource")
    services.check_resource(resource)
    return sample(connection, resource=resource, record_id=_text(asked, "id").strip())


def _connection(asked: dict[str, Any]) -> Connection:
    """Errors: InvalidRequest."""
    try:
        return linked().get(pk=UUID(_text(asked, "connection")))
    except (ValueError, Connection.DoesNotExist) as error:
        raise InvalidRequest("connection: choose a linked account to try the mapping on.") from error


def _record(asked: dict[str, Any]) -> Json:
    record = asked.get("record")
    if not isinstance(record, dict) or not isinstance(record.get("remote_data"), dict):
        raise InvalidRequest("record: fetch a record first.")
    return record


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name, "")
    if not isinstance(value, str):
        raise InvalidRequest(f"{name}: must be text.")
    return value
