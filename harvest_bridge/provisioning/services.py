"""What may be asked of a deal: a dry run, the run, to continue, to undo."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.connections.models import Connection

from . import events
from .errors import AnotherBody, NotUndoable, RunNotContinuable
from .harvest_calls import HarvestCalls, Send, send_in_api_lane
from .models import OPEN, Phase, Run, RunStatus
from .planning.account import refresh_facts
from .planning.links import kept_of
from .planning.names import normal
from .planning.plan import Plan
from .planning.planner import make_plan
from .saga import undo

Json = dict[str, Any]
_LOOK_EVERY_SECONDS = 0.1
UNTOUCHED = (RunStatus.PLANNED, RunStatus.CANCELLED)
NOT_BEGUN = (RunStatus.PLANNED, RunStatus.QUEUED)
_UNBEGUN = Q(status__in=UNTOUCHED) | Q(status=RunStatus.QUEUED, started_at=None, worker="")


def digest_of(wanted: Json) -> str:
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def request_run(
    connection: Connection,
    wanted: Json,
    *,
    external_id: str,
    dry_run: bool = False,
    apply_changes: bool = False,
    requested_by: str = "host",
    template: str = "",
    send: Send = send_in_api_lane,
) -> Run:
    """The run of this deal: planned in a dry run, queued otherwise. The same body is the same run, wherever it stands.

    Errors: AnotherBody; of a dry run those of `calls.send`, as it reads Harvest.
    """
    run = _run_of(connection, wanted, external_id, requested_by, template)
    if run.body_digest != digest_of(wanted):
        run = _changed(run, wanted, dry_run=dry_run, apply_changes=apply_changes, send=send)
    if dry_run:
        return _planned(run, send) if run.status in UNTOUCHED else run
    return begin_run(run)


def queue_run(
    connection: Connection,
    wanted: Json,
    *,
    external_id: str,
    is_held: bool = False,
    requested_by: str,
    template: str = "",
) -> Run:
    """The same without reading Harvest: queued, or with `is_held` kept until somebody begins it.

    Errors: AnotherBody.
    """
    run = _run_of(connection, wanted, external_id, requested_by, template)
    if run.body_digest != digest_of(wanted):
        fresh = {"plan": None, "agreed_digest": "", "error": None, "proposal": None, "needs_plan": True}
        changed = Run.objects.filter(_UNBEGUN, pk=run.pk).update(**_asked(connection, wanted), **fresh)
        run.refresh_from_db()
        if not changed:
            raise AnotherBody(f"external_id: the deal {external_id!r} came with another body before.")
    return run if is_held else begin_run(run)


def may_change(run: Run) -> bool:
    """Whether nothing of it was begun, so that it takes another body without a word."""
    return Run.objects.filter(_UNBEGUN, pk=run.pk).exists()


def propose(run: Run, wanted: Json, send: Send = send_in_api_lane) -> None:
    """Keep as `proposal` what another body would change. Errors: those of `calls.send`, as it reads Harvest."""
    if (run.proposal or {}).get("body_digest") != digest_of(wanted):
        _propose(run, wanted, send)


def begin_run(run: Run) -> Run:
    """A planned one is queued; any other stays as it stands."""
    begun = Run.objects.filter(pk=run.pk, status__in=UNTOUCHED)
    begun.update(status=RunStatus.QUEUED, due_at=timezone.now(), version=F("version") + 1, error=None, needs_plan=True)
    run.refresh_from_db()
    return run


@transaction.atomic
def _run_of(connection: Connection, wanted: Json, external_id: str, requested_by: str, template: str) -> Run:
    """The first of two at once makes it."""
    run, _ = Run.objects.select_related("connection__host_app").get_or_create(
        connection=connection,
        external_id=external_id,
        defaults={"requested_by": requested_by, "template": template, **_asked(connection, wanted)},
    )
    return run


def _asked(connection: Connection, wanted: Json) -> Json:
    client, project = wanted["client"], wanted["project"]
    name = str(client.get("name") or "")
    return {
        "wanted": wanted,
        "body_digest": digest_of(wanted),
        "client_name": name,
        "project_name": str(project.get("name") or project.get("code") or ""),
        "client_key": (normal(name) or f"#{client.get('id')}")[:255],
        "harvest_account_id": connection.harvest_account_id or 0,
    }


def _changed(run: Run, wanted: Json, *, dry_run: bool, apply_changes: bool, send: Send) -> Run:
    """The run with another body: taken as it is where nothing was done yet, else proposed, and applied when asked."""
    asked = _asked(run.connection, wanted)
    fresh = {**asked, "plan": None, "agreed_digest": "", "error": None, "proposal": None, "needs_plan": True}
    if Run.objects.filter(pk=run.pk, status__in=UNTOUCHED).update(**fresh):
        run.refresh_from_db()
        return run
    if dry_run or not apply_changes:
        _propose(run, wanted, send)
    if apply_changes and not dry_run:
        _apply(run, fresh)
    elif not dry_run:
        raise AnotherBody(
            f"external_id: the deal {run.external_id!r} came with another body before. `plan` is what this one would "
            "change; send it again with apply_changes to do so.",
            run_id=str(run.pk),
            plan=(run.proposal or {}).get("plan"),
        )
    run.refresh_from_db()
    return run


def _dry_run(run: Run, wanted: Json, send: Send) -> Plan:
    harvest = HarvestCalls(run.connection, send=send)
    refresh_facts(harvest)
    return make_plan(harvest, wanted, kept_of(run))


def _propose(run: Run, wanted: Json, send: Send) -> None:
    plan = _dry_run(run, wanted, send)
    run.proposal = {"wanted": wanted, "body_digest": digest_of(wanted), "plan": plan.serialize()}
    Run.objects.filter(pk=run.pk).update(proposal=run.proposal, version=F("version") + 1)


def _apply(run: Run, fresh: Json) -> None:
    """Errors: RunNotContinuable, while the run is under way with its other body."""
    proposal = run.proposal or {}
    is_shown = proposal.get("body_digest") == fresh["body_digest"]
    agreed = proposal["plan"]["digest"] if is_shown else ""
    plan = proposal["plan"] if is_shown else None
    free = Run.objects.filter(pk=run.pk, worker="").exclude(status__in=OPEN)
    fresh |= {"agreed_digest": agreed, "plan": plan, "phase": Phase.DO, "status": RunStatus.QUEUED}
    if not free.update(**fresh, due_at=timezone.now(), finished_at=None, version=F("version") + 1):
        raise RunNotContinuable(f"external_id: the run of {run.external_id!r} is under way; wait for its end.")


def _planned(run: Run, send: Send) -> Run:
    """Plan it, and keep the plan as what the run may do. Errors: those of `calls.send`."""
    plan = _dry_run(run, run.wanted, send)
    agreed = "" if plan.problems else plan.digest
    with transaction.atomic():
        untouched = Run.objects.filter(pk=run.pk, status__in=UNTOUCHED, body_digest=run.body_digest)
        is_kept = untouched.update(
            plan=plan.serialize(), agreed_digest=agreed, status=RunStatus.PLANNED, version=F("version") + 1
        )
        run.refresh_from_db()
        if is_kept:
            events.publish(run)
    return run


def continue_run(run: Run) -> Run:
    """Go on after a fix: Harvest is planned anew, and the plan that comes of it is taken. One that waits goes on now.

    Errors: RunNotContinuable.
    """
    now = timezone.now()
    waiting = Run.objects.filter(pk=run.pk, status=RunStatus.WAITING, worker="")
    stopped = Run.objects.filter(pk=run.pk, status__in=(RunStatus.BLOCKED, RunStatus.UNDONE), worker="")
    if run.status == RunStatus.UNDONE and run.steps.exists():
        run.steps.all().delete()
    phase = Phase.DO if run.status == RunStatus.UNDONE else run.phase
    again = {"needs_plan": True, "agreed_digest": "", "error": None, "attempts": 0, "phase": phase}
    changes = stopped.update(**again, status=RunStatus.QUEUED, due_at=now, version=F("version") + 1)
    if not changes and not waiting.update(due_at=now, version=F("version") + 1):
        raise RunNotContinuable(
            f"run_id: is {run.status}; only a run that is blocked, waits or was undone is continued."
        )
    run.refresh_from_db()
    return run


def undo_run(run: Run) -> Run:
    """Take back what the run made and nobody has used. Errors: NotUndoable."""
    able = Run.objects.filter(pk=run.pk, worker="")
    able = able.filter(status__in=(RunStatus.BLOCKED, RunStatus.COMPLETED, RunStatus.WAITING))
    begun = {"phase": Phase.UNDO, "status": RunStatus.QUEUED, "error": None, "attempts": 0}
    if not able.update(**begun, due_at=timezone.now(), finished_at=None, version=F("version") + 1):
        raise NotUndoable(f"run_id: is {run.status}; a run is undone once it is completed, blocked or waits.")
    run.refresh_from_db()
    return run


def undo_plan(run: Run, send: Send = send_in_api_lane) -> list[Json]:
    """What would be taken back, and how. Errors: those of `calls.send`, as it reads Harvest."""
    names = ("kind", "key", "title", "action", "harvest_id", "why")
    rows = undo.plan_of(run, HarvestCalls(run.connection, send=send))
    return [{name: getattr(row, name) for name in names} for row in rows]


def wait_for(run: Run, seconds: float, sleep: Callable[[float], None] = time.sleep) -> Run:
    """The run once it is no longer under way, or as it stands after so many seconds."""
    deadline = time.monotonic() + seconds
    while run.status in OPEN and time.monotonic() < deadline:
        let_go_of_database()
        sleep(_LOOK_EVERY_SECONDS)
        run.refresh_from_db()
    return run
