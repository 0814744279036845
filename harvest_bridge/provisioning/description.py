"""What runs look like in the OpenAPI description."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.description import list_of, ref

from .models import Action, Phase, RunStatus, StepStatus

Json = dict[str, Any]

TAG = "Provisioning"
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_FLAG: Json = {"type": "boolean"}
_MAYBE_ID: Json = {"type": ["integer", "null"]}
_OBJECT: Json = {"type": "object"}
_LIST: Json = {"type": "array", "items": _OBJECT}


def _object(properties: Json) -> Json:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _several(name: str) -> Json:
    return {"type": "array", "items": ref(name)}


_NAMED = _object({"id": _MAYBE_ID, "name": _MAYBE})
_ADDS: Json = {
    **_object(dict.fromkeys(("clients", "projects", "tasks"), _COUNT)),
    "type": ["object", "null"],
    "description": "How many records it adds; Harvest may bill them by use.",
}
_ERROR: Json = {
    "type": ["object", "null"],
    "description": "Why it is blocked, or what it waits for: `code`, `message`, `field` of the body, `step`.",
}
_RUN: Json = {
    "id": {"type": "string", "format": "uuid"},
    "external_id": _TEXT,
    "integrated_account_id": {"type": "string", "format": "uuid"},
    "status": {"enum": RunStatus.values},
    "phase": {"enum": Phase.values},
    "client": _NAMED,
    "project": _NAMED,
    "adds": _ADDS,
    "error": _ERROR,
    "can_continue": _FLAG,
    "can_undo": _FLAG,
    "template": _MAYBE,
    "requested_by": _MAYBE,
    "version": _COUNT,
    "calls": {**_COUNT, "description": "Requests that it sent to Harvest."},
    "created_at": _MOMENT,
    "started_at": _MAYBE_MOMENT,
    "finished_at": _MAYBE_MOMENT,
}
_MAYBE_PLAN: Json = {"anyOf": [ref("ProvisioningPlan"), {"type": "null"}]}
SCHEMAS: Json = {
    "ProvisioningProblem": {
        "type": "object",
        "required": ["code", "field", "message"],
        "properties": {
            "code": _TEXT,
            "field": {**_TEXT, "description": "The field of the body that is to be mended."},
            "message": _TEXT,
            "needs": {**_TEXT, "description": "The right in Harvest that it takes."},
            "candidates": {**_LIST, "description": "Records that may be meant, with scores from 0 to 1."},
        },
    },
    "ProvisioningCall": _object(
        {
            "verb": {"enum": ["GET", "POST", "PATCH"]},
            "path": {**_TEXT, "description": "`{client}` and such stand for ids that come to be."},
            "body": {"type": ["object", "null"]},
            "step": _TEXT,
            "is_write": _FLAG,
        }
    ),
    "ProvisioningPlan": _object(
        {
            "digest": {**_TEXT, "description": "Of the calls that change Harvest, in their order."},
            "is_blocked": _FLAG,
            "problems": _several("ProvisioningProblem"),
            "adds": _ADDS,
            "steps": _LIST,
            "calls": _several("ProvisioningCall"),
            "notes": {"type": "array", "items": _TEXT},
            "not_asked_for": {
                **_LIST,
                "description": "What an earlier body asked for and this one does not.",
            },
        }
    ),
    "ProvisioningStep": _object(
        {
            "phase": {"enum": Phase.values},
            "position": _COUNT,
            "kind": _TEXT,
            "key": _TEXT,
            "title": _TEXT,
            "action": {"enum": Action.values},
            "status": {"enum": StepStatus.values},
            "field": _MAYBE,
            "why": _MAYBE,
            "request": {"type": ["object", "null"]},
            "changes": _LIST,
            "harvest_id": _MAYBE_ID,
            "is_made": _FLAG,
            "link": _MAYBE,
            "sent_at": _MAYBE_MOMENT,
            "done_at": _MAYBE_MOMENT,
            "error": {"type": ["object", "null"]},
        }
    ),
    "ProvisioningRun": _object(_RUN),
    "ProvisioningRunList": list_of("ProvisioningRun"),
    "ProvisioningWholeRun": {
        **_object(
            {
                **_RUN,
                "wanted": _OBJECT,
                "plan": _MAYBE_PLAN,
                "proposal": {**_MAYBE_PLAN, "description": "What another body would change; nobody has applied it."},
                "steps": _several("ProvisioningStep"),
                "links": _object({"client": _MAYBE, "project": _MAYBE}),
            }
        )
    },
}
RUNS: dict[int, Json] = {200: ref("ProvisioningRunList")}
RUN: dict[int, Json] = {200: ref("ProvisioningWholeRun")}
BEGUN: dict[int, Json] = {200: ref("ProvisioningWholeRun"), 202: ref("ProvisioningWholeRun")}
