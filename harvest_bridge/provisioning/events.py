"""Events of deals: planned, completed, blocked, undone."""

from __future__ import annotations

from typing import Any

from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit

from .models import InboxEvent, Run, RunStatus

Json = dict[str, Any]

_MAYBE_ID: Json = {"type": ["integer", "null"]}
_SCHEMA: Json = {
    "type": "object",
    "required": ["run_id", "external_id", "status", "client", "project", "adds", "error"],
    "properties": {
        "run_id": {"type": ["string", "null"], "format": "uuid"},
        "external_id": {"type": "string"},
        "status": {"enum": RunStatus.values},
        "client": {"type": "object", "properties": {"id": _MAYBE_ID, "name": {"type": "string"}}},
        "project": {"type": "object", "properties": {"id": _MAYBE_ID, "name": {"type": "string"}}},
        "adds": {
            "type": ["object", "null"],
            "properties": {name: {"type": "integer"} for name in ("clients", "projects", "tasks")},
        },
        "error": {"type": ["object", "null"]},
    },
}


def _example(status: str, error: Json | None = None) -> Json:
    made = status == "completed"
    return {
        "run_id": "5f0e7f52-2a1d-4b6c-8f0e-1c2d3e4f5a6b",
        "external_id": "deal-1042",
        "status": status,
        "client": {"id": 5735776 if made else None, "name": "Aurora Foods"},
        "project": {"id": 14308069 if made else None, "name": "Web shop"},
        "adds": {"clients": 1, "projects": 1, "tasks": 0},
        "error": error,
    }


def _type(status: str, says: str, error: Json | None = None) -> EventType:
    return EventType(
        name=f"provisioning.{status}",
        says=says,
        object_type="provisioning",
        schema=_SCHEMA,
        example=_example(status, error),
    )


_REFUSED = {"code": "code_taken", "field": "project.code", "message": "project.code: 'AF-1' is taken.", "step": None}
PLANNED = _type("planned", "A won deal was planned in a dry run; nothing was written.")
COMPLETED = _type("completed", "A won deal has its client, project, tasks and people in Harvest.")
BLOCKED = _type(
    "blocked",
    "A won deal is stopped, and a person must help: `error` says why. Without `run_id` a CRM's event was not taken.",
    _REFUSED,
)
UNDONE = _type("undone", "What a won deal had made was removed or archived again.")
register(PLANNED, COMPLETED, BLOCKED, UNDONE)
_BY_STATUS = {
    RunStatus.PLANNED: PLANNED,
    RunStatus.COMPLETED: COMPLETED,
    RunStatus.BLOCKED: BLOCKED,
    RunStatus.UNDONE: UNDONE,
}


def publish(run: Run) -> None:
    """In the transaction that brought the run into its state; nothing of states that pass by themselves."""
    kind = _BY_STATUS.get(RunStatus(run.status))
    if kind is None:
        return
    emit(
        NewEvent(
            type=kind,
            host_app_id=run.connection.host_app_id,
            tenant_id=run.connection.tenant_id,
            connection_id=run.connection_id,
            object_id=run.pk,
            data={
                "run_id": str(run.pk),
                "external_id": run.external_id,
                "status": str(run.status),
                "client": {"id": run.client_id, "name": run.client_name},
                "project": {"id": run.project_id, "name": run.project_name},
                "adds": (run.plan or {}).get("adds"),
                "error": run.error,
            },
        )
    )


def publish_refused(row: InboxEvent, deal_id: str, error: Json) -> None:
    """In the transaction that notes that a CRM's event was not taken. `deal_id` is empty where nobody could read it."""
    connection = row.template.connection
    emit(
        NewEvent(
            type=BLOCKED,
            host_app_id=connection.host_app_id,
            tenant_id=connection.tenant_id,
            connection_id=connection.pk,
            object_id=f"inbox-{row.pk}",
            data={
                "run_id": None,
                "external_id": deal_id,
                "status": str(RunStatus.BLOCKED),
                "client": {"id": None, "name": ""},
                "project": {"id": None, "name": ""},
                "adds": None,
                "error": error,
            },
        )
    )
