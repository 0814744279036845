"""Examples of bodies and answers for the OpenAPI description, by operation."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope

Json = dict[str, Any]

_AT = "2026-11-24T09:00:00Z"
DEAL: Json = {
    "client": {"name": "Aurora Foods", "currency": "EUR", "external_id": "company-88"},
    "project": {
        "name": "Web shop",
        "code": "AF-1",
        "bill_by": "Project",
        "hourly_rate": 120,
        "budget_by": "project",
        "budget": 200,
    },
    "tasks": [{"name": "Design"}, {"name": "Development", "billable": True}],
    "people": [{"email": "carmen@fennelfinch.example", "is_project_manager": True}, {"role": "Development"}],
}
_RUN: Json = {
    "id": "5f0e7f52-2a1d-4b6c-8f0e-1c2d3e4f5a6b",
    "external_id": "deal-1042",
    "integrated_account_id": "3e1c8f1a-6d54-4b0e-9a0e-5a1f7c1d2b3c",
    "status": "completed",
    "phase": "do",
    "client": {"id": 5735776, "name": "Aurora Foods"},
    "project": {"id": 14308069, "name": "Web shop"},
    "adds": {"clients": 1, "projects": 1, "tasks": 0},
    "error": None,
    "can_continue": False,
    "can_undo": True,
    "template": None,
    "requested_by": "host",
    "version": 41,
    "calls": 17,
    "created_at": _AT,
    "started_at": _AT,
    "finished_at": _AT,
}
_CALL: Json = {
    "verb": "POST",
    "path": "/v2/clients",
    "body": {"name": "Aurora Foods", "currency": "EUR"},
    "step": "client",
    "is_write": True,
}
_PLAN: Json = {
    "digest": "4b1f",
    "is_blocked": False,
    "problems": [],
    "adds": {"clients": 1, "projects": 1, "tasks": 0},
    "steps": [{"kind": "client", "key": "client", "action": "create", "why": "no client of this name"}],
    "calls": [_CALL],
    "notes": [],
    "not_asked_for": [],
}
_STEP: Json = {
    "phase": "do",
    "position": 0,
    "kind": "client",
    "key": "client",
    "title": "Aurora Foods",
    "action": "create",
    "status": "done",
    "field": "client",
    "why": "no client of this name",
    "request": {"verb": "POST", "path": "/v2/clients", "body": {"name": "Aurora Foods", "currency": "EUR"}},
    "changes": [],
    "harvest_id": 5735776,
    "is_made": True,
    "link": "https://fennelfinch.harvestapp.com/clients/5735776/edit",
    "sent_at": _AT,
    "done_at": _AT,
    "error": None,
}
_WHOLE: Json = {
    **_RUN,
    "wanted": DEAL,
    "plan": _PLAN,
    "proposal": None,
    "steps": [_STEP],
    "links": {
        "client": "https://fennelfinch.harvestapp.com/clients/5735776/edit",
        "project": "https://fennelfinch.harvestapp.com/projects/14308069",
    },
}
BODIES: dict[str, Json] = {
    "provision_deal": {"external_id": "deal-1042", "dry_run": True, **DEAL},
    "continue_provisioning_run": {"wait": 10},
    "undo_provisioning_run": {"dry_run": False, "wait": 10},
    "post_to_deal_inbox": {"event_id": "z-1", "deal_id": 901, "deal_name": "Web shop", "status": "won"},
}
ANSWERS: dict[str, Json] = {
    "list_provisioning_runs": list_envelope([_RUN], limit=100),
    "get_provisioning_run": _WHOLE,
    "post_to_deal_inbox": {"id": "17", "status": "pending"},
    **dict.fromkeys(("provision_deal", "continue_provisioning_run", "undo_provisioning_run"), _WHOLE),
}
