"""What is served beside REST, as OpenAPI: a run's event stream, and the inbox for CRMs."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.description import ANY_OTHER, codes_met, failure, ref
from harvest_bridge.connections.data_views import CONNECTION

from .description import TAG

Json = dict[str, Any]
_AREA = "harvest_bridge.provisioning"
_UUID: Json = {"type": "string", "format": "uuid"}
_PROGRESS = 'id: 7\nevent: running\ndata: {"status": "running", "steps_done": 3, "steps": 14, "step": "project"}\n\n'
SCHEMAS: Json = {
    "ProvisioningInboxEvent": {
        "type": "object",
        "required": ["id", "status"],
        "properties": {"id": {"type": "string"}, "status": {"enum": ["pending", "done", "ignored", "failed"]}},
    }
}


def paths() -> Json:
    return {
        "/provisioning/runs/{run_id}/events": {"get": _progress()},
        "/provisioning/inbox/{template_id}": {"post": _inbox()},
    }


def _progress() -> Json:
    return {
        "operationId": "follow_provisioning_run",
        "description": "A run's progress as server-sent events, until it ends or stops: `id` is its version, `event` "
        "its status, `data` the run with `steps_done`, `steps` and the `step` that is under way.",
        "tags": [TAG],
        "security": [{"apiKey": []}, {"integratedAccountToken": []}],
        "parameters": [
            {"name": CONNECTION.name, "in": "query", "schema": _UUID, "description": CONNECTION.description},
            {"name": "run_id", "in": "path", "required": True, "schema": _UUID},
            {
                "name": "Last-Event-ID",
                "in": "header",
                "schema": {"type": "integer"},
                "description": "The version that you know.",
            },
        ],
        "responses": {
            "200": {
                "description": "",
                "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _PROGRESS}},
            },
            **_failures(400, 401, 403, 404, 503),
        },
    }


def _inbox() -> Json:
    return {
        "operationId": "post_to_deal_inbox",
        "description": "A CRM's own webhook body, by the id of a template: signed as HubSpot does, or with the "
        "template's secret as the password of Basic authentication or in `X-Inbox-Secret`. It is kept at once, and a "
        "worker does the rest; the same body again is the same event.",
        "tags": [TAG],
        "security": [{}, {"apiKey": []}],
        "parameters": [{"name": "template_id", "in": "path", "required": True, "schema": _UUID}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
        },
        "responses": {
            "202": {"description": "", "content": {"application/json": {"schema": ref("ProvisioningInboxEvent")}}},
            **_failures(400, 401, 404, 503),
        },
    }


def _failures(*statuses: int) -> Json:
    return {str(status): failure(status, codes_met(status, _AREA)) for status in statuses} | ANY_OTHER
