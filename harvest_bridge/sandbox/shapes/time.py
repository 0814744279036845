"""A time entry on the wire (REFERENCE §8.11, in the order the server sends)."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from urllib.parse import urlsplit

from harvest_bridge.sandbox.billing import billable_rate, counts_toward_budget, is_billable
from harvest_bridge.sandbox.encoding import number
from harvest_bridge.sandbox.locks import lock_reason
from harvest_bridge.sandbox.records import Company, ExternalReference, TimeEntry
from harvest_bridge.sandbox.records.people import rate_on
from harvest_bridge.sandbox.rights import Rights
from harvest_bridge.sandbox.shapes.work import (
    client_reference,
    person_reference,
    project_reference,
    task_assignment_core,
    user_assignment_core,
)
from harvest_bridge.sandbox.timekeeping import hours_at, rounded

KNOWN_SERVICES = {
    "app.asana.com",
    "basecamp.com",
    "github.com",
    "gitlab.com",
    "linear.app",
    "trello.com",
}
ICONS = "https://proxy.harvestfiles.com/production_harvestapp_public/uploads/platform_icons"


def time_entry_shape(entry: TimeEntry, company: Company, viewer: Rights, now: datetime) -> dict[str, Any]:
    """`hours` of a running entry include the time up to `now`."""
    hours = hours_at(entry, now, company)
    reason = lock_reason(entry)
    sees_rates = viewer.sees_billable_rates
    reference = entry.external_reference
    return {
        "id": entry.id,
        "spent_date": entry.spent_date,
        "hours": float(hours),
        "hours_without_timer": float(entry.hours),
        "rounded_hours": float(rounded(hours, company)),
        "notes": entry.notes,
        "is_locked": reason is not None,
        "locked_reason": reason,
        "is_closed": entry.approval_status == "approved",
        "approval_status": entry.approval_status,
        "is_billed": entry.is_billed,
        "timer_started_at": entry.timer_started_at.replace(microsecond=0) if entry.timer_started_at else None,
        "started_time": wall_clock(entry.started_time, company.clock),
        "ended_time": wall_clock(entry.ended_time, company.clock),
        "is_running": entry.is_running,
        "billable": is_billable(entry),
        "budgeted": counts_toward_budget(entry),
        "billable_rate": number(billable_rate(entry)) if sees_rates else None,
        "cost_rate": number(rate_on(entry.user.cost_rates, entry.spent_date)) if viewer.sees_cost_rates else None,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
        "user": person_reference(entry.user),
        "client": client_reference(entry.project.client),
        "project": project_reference(entry.project),
        "task": {"id": entry.task.id, "name": entry.task.name},
        "user_assignment": user_assignment_core(entry.user_assignment, viewer, entry.spent_date),
        "task_assignment": task_assignment_core(entry.task_assignment, viewer),
        "invoice": {"id": entry.invoice.id, "number": entry.invoice.number} if entry.invoice else None,
        "external_reference": reference_shape(reference) if reference else None,
    }


def wall_clock(moment: time | None, clock: str) -> str | None:
    """`14:59`, or `2:59pm` in a 12-hour account."""
    if moment is None:
        return None
    if clock == "24h":
        return moment.strftime("%H:%M")
    return moment.strftime("%I:%M%p").lstrip("0").lower()


def reference_shape(reference: ExternalReference) -> dict[str, Any]:
    """Harvest derives the service from the permalink's host, and knows icons of some (REFERENCE §7.8)."""
    service = service_of(reference.permalink)
    return {
        "id": reference.id,
        "group_id": reference.group_id,
        "account_id": reference.account_id,
        "permalink": reference.permalink,
        "service": service,
        "service_icon_url": f"{ICONS}/{service}.png" if service in KNOWN_SERVICES else None,
    }


def service_of(permalink: str | None) -> str | None:
    try:
        host = urlsplit(permalink or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
