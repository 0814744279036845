"""Whether anybody has used what a run made: then it is archived, and never deleted."""

from __future__ import annotations

from typing import Any

from harvest_bridge.harvest.errors import HarvestForbidden, HarvestNotFound
from harvest_bridge.harvest.operations.raw import list_raw
from harvest_bridge.provisioning.harvest_calls import HarvestCalls
from harvest_bridge.provisioning.models import Run, RunStatus

_OF_CLIENTS = (("/v2/invoices", "invoices"), ("/v2/estimates", "estimates"))
_OF_PROJECTS = (("/v2/time_entries", "time_entries"), ("/v2/expenses", "expenses"), ("/v2/invoices", "invoices"))


def use_of_project(harvest: HarvestCalls, project_id: int) -> str:
    """What there is of it, in words; "" for a project that nobody has used."""
    for path, key in _OF_PROJECTS:
        if (found := _has_any(harvest, path, key, project_id=project_id)) is None:
            return f"{key.replace('_', ' ')} that the linker cannot see" if key != "invoices" else ""
        if found:
            return key.replace("_", " ")
    return ""


def use_of_task(harvest: HarvestCalls, task_id: int, project_id: int | None) -> str:
    """Time on it, or its place on other projects; "" for none."""
    if _has_any(harvest, "/v2/time_entries", "time_entries", task_id=task_id) is not False:
        return "time entries"
    rows = harvest.list("/v2/task_assignments", "task_assignments")
    others = [row for row in rows if (row.get("task") or {}).get("id") == task_id]
    names = [
        row["project"].get("name") for row in others if (row.get("project") or {}).get("id") not in (None, project_id)
    ]
    return f"the project {names[0]!r}" if names else ""


def use_of_client(harvest: HarvestCalls, run: Run, client_id: int) -> str:
    """What others have of it, in words; "" for a client that nobody else has used."""
    others = [one for one in projects_of(harvest, client_id) if one["id"] != run.project_id]
    if others:
        return f"the project {others[0].get('name')!r}, which this run did not make"
    if is_of_another_deal(run, client_id=client_id):
        return "another deal"
    for path, key in _OF_CLIENTS:
        if _has_any(harvest, path, key, client_id=client_id):
            return key
    return ""


def is_of_another_deal(run: Run, **of: int) -> bool:
    """Whether a deal that was not taken back stands on this client or project."""
    others = Run.objects.filter(harvest_account_id=run.harvest_account_id, **of).exclude(pk=run.pk)
    return others.exclude(status=RunStatus.UNDONE).exists()


def projects_of(harvest: HarvestCalls, client_id: int) -> list[dict[str, Any]]:
    return harvest.list("/v2/projects", "projects", client_id=client_id)


def _has_any(harvest: HarvestCalls, path: str, key: str, **filters: Any) -> bool | None:
    """None where the linker may not look, or the module is off."""
    try:
        page = harvest.send(list_raw(path, key, None, per_page=1, filters=filters))
    except (HarvestForbidden, HarvestNotFound):
        return None
    return bool(page.items or page.next)
