"""Runs and their steps as they are answered, with the addresses of their pages in Harvest."""

from __future__ import annotations

from typing import Any

from .models import AccountFacts, Run, RunStatus, Step, StepStatus

Json = dict[str, Any]

_PAGES = {"client": "/clients/{id}/edit", "project": "/projects/{id}", "task": "/tasks/{id}/edit"}
_CONTINUED = (RunStatus.BLOCKED, RunStatus.WAITING, RunStatus.UNDONE)
_UNDONE = (RunStatus.BLOCKED, RunStatus.COMPLETED, RunStatus.WAITING)


def serialize_run(run: Run) -> Json:
    """As it is in lists."""
    return {
        "id": str(run.pk),
        "external_id": run.external_id,
        "integrated_account_id": str(run.connection_id),
        "status": str(run.status),
        "phase": str(run.phase),
        "client": {"id": run.client_id, "name": run.client_name or None},
        "project": {"id": run.project_id, "name": run.project_name or None},
        "adds": (run.plan or {}).get("adds"),
        "error": run.error,
        "can_continue": run.status in _CONTINUED,
        "can_undo": run.status in _UNDONE,
        "template": run.template or None,
        "requested_by": run.requested_by or None,
        "version": run.version,
        "calls": run.calls,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def serialize_whole(run: Run) -> Json:
    """With plan, steps and links."""
    base = AccountFacts.objects.filter(pk=run.connection_id).values_list("base_uri", flat=True).first() or ""
    steps = list(run.steps.order_by("phase", "position"))
    return {
        **serialize_run(run),
        "wanted": run.wanted,
        "plan": run.plan,
        "proposal": (run.proposal or {}).get("plan"),
        "steps": [serialize_step(step, base) for step in steps],
        "links": {
            "client": _link(base, "client", run.client_id),
            "project": _link(base, "project", run.project_id),
        },
    }


def serialize_step(step: Step, base_uri: str) -> Json:
    return {
        "phase": str(step.phase),
        "position": step.position,
        "kind": step.kind,
        "key": step.key,
        "title": step.title,
        "action": str(step.action),
        "status": str(step.status),
        "field": step.field or None,
        "why": step.why or None,
        "request": step.request,
        "changes": step.fields if step.action == "change" else [],
        "harvest_id": step.harvest_id,
        "is_made": step.is_made,
        "link": _link(base_uri, step.kind, step.harvest_id),
        "sent_at": step.sent_at,
        "done_at": step.done_at,
        "error": step.error,
    }


def progress_of(run: Run) -> Json:
    """What the event stream tells: the run, and how many of its steps are done."""
    rows = list(run.steps.filter(phase=run.phase).values_list("status", "key"))
    now = next((key for status, key in rows if status != StepStatus.DONE), None)
    done = sum(status == StepStatus.DONE for status, _ in rows)
    return {**serialize_run(run), "steps_done": done, "steps": len(rows), "step": now}


def _link(base_uri: str, kind: str, harvest_id: int | None) -> str | None:
    page = _PAGES.get(kind)
    return f"{base_uri}{page.format(id=harvest_id)}" if page and base_uri and harvest_id else None
