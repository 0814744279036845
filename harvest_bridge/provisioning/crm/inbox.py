"""What a CRM told of deals: kept at once, worked on by a worker; each event once, in the order of their moments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from harvest_bridge.errors import BridgeError
from harvest_bridge.provisioning import events, services
from harvest_bridge.provisioning.models import Deal, InboxEvent, InboxStatus, Run, RunStatus, SeenEvent, Template
from harvest_bridge.provisioning.saga.failures import passes_with_time
from harvest_bridge.unified.overrides.errors import MappingsBusy
from harvest_bridge.unified.overrides.evaluation import evaluate
from harvest_bridge.unified.overrides.failures import BUSY, CRASHED, LATE, Owner

from .mappings import READY
from .rendering import problem_of, wanted_by

log = structlog.get_logger(__name__)
Json = dict[str, Any]
_PASSING = {failure.code for failure in (BUSY, CRASHED, LATE)}  # of a busy machine as well
_LEASE = timedelta(seconds=60)
_MOST_ATTEMPTS = 8
_MOST_MERGES = 20
_STAGES = ("won", "lost", "open")
_BEFORE = "this event came before"


class MappingFailed(BridgeError):
    """The template's mapping cannot read this body."""

    status = 422
    code = "inbox_mapping_failed"


def take(template: Template, body: Any, raw: bytes) -> InboxEvent:
    """Keep it; the same body again is the same row, unless another body came in between.

    Bodies without an id or a moment repeat themselves when a deal is won again. An event that has an id is taken once
    all the same.
    """
    rows, kept = InboxEvent.objects.filter(template=template), {"body": {"body": body}}
    row, is_new = rows.get_or_create(template=template, digest=_digest(raw), defaults=kept)
    newest = rows.order_by("pk").last()
    if is_new or newest is None or newest.body == row.body:
        return row
    return rows.get_or_create(template=template, digest=_digest(raw + str(newest.pk).encode()), defaults=kept)[0]


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def work_on_due(*, now: datetime) -> int:
    """Everything that is due, the oldest first; taken over where a worker died with it. Returns how many."""
    done = 0
    due = InboxEvent.objects.filter(status=InboxStatus.PENDING, due_at__lte=now).order_by("received_at", "id")
    for pk in list(due.values_list("pk", flat=True)[:50]):
        if InboxEvent.objects.filter(pk=pk, status=InboxStatus.PENDING, due_at__lte=now).update(due_at=now + _LEASE):
            _work_on(InboxEvent.objects.select_related("template__connection__host_app").get(pk=pk), now)
            done += 1
    return done


def try_again(row: InboxEvent) -> None:
    """One that failed is due once more."""
    again = {"status": InboxStatus.PENDING, "attempts": 0, "due_at": timezone.now()}
    InboxEvent.objects.filter(pk=row.pk, status=InboxStatus.FAILED).update(**again)


def set_aside(row: InboxEvent) -> None:
    """One that failed needs nobody any more."""
    InboxEvent.objects.filter(pk=row.pk, status=InboxStatus.FAILED).update(status=InboxStatus.IGNORED)


def _work_on(row: InboxEvent, now: datetime) -> None:
    """All that a body tells is put to its deals first: CRMs promise no order, neither of bodies nor within one."""
    try:
        found = events_of(row.template, row.body)
    except BridgeError as error:
        _failed(row, "", error, now)
        return
    seen = [event for event in found if _is_seen(row.template, event)]
    fresh = sorted((event for event in found if event not in seen), key=lambda event: _moment_of(event, now))
    told: list[Json] = [{"deal": _deal_id(event), "did": "ignored", "why": _BEFORE} for event in seen]
    for event in fresh:
        _noted(row.template, event)
    failures = list(_carry_out(row.template, fresh, told, now))
    if failures:
        _failed(row, *failures[0], now)
        return
    is_taken = any(one["did"] != "ignored" for one in told)
    status = InboxStatus.DONE if is_taken else InboxStatus.IGNORED
    InboxEvent.objects.filter(pk=row.pk).update(status=status, outcome=told)


def _carry_out(
    template: Template, events: list[Json], told: list[Json], now: datetime
) -> Iterator[tuple[str, BridgeError | ValidationError]]:
    """Yields the deals that failed, each with its error; the others are carried out all the same."""
    for event in events:
        deal_id = _deal_id(event)
        try:
            told.append({"deal": deal_id, **_staged(template, deal_id, event.get("stage"), _moment_of(event, now))})
            if event.get("stage") not in _STAGES:
                told += _completed(template, deal_id)
        except (BridgeError, ValidationError) as error:
            yield deal_id, error
        else:
            _note_seen(template, event)


def _deal_id(event: Json) -> str:
    return str(event["deal_id"])[:255]


def _moment_of(event: Json, now: datetime) -> datetime:
    return moment_of(event.get("occurred_at")) or now


def _is_seen(template: Template, event: Json) -> bool:
    event_id = str(event.get("event_id") or "")[:255]
    return bool(event_id) and SeenEvent.objects.filter(template=template, event_id=event_id).exists()


@transaction.atomic
def _failed(row: InboxEvent, deal_id: str, error: BridgeError | ValidationError, now: datetime) -> None:
    """What passes with time is tried again; of anything else the host is told, as somebody must help."""
    is_passing = isinstance(error, BridgeError) and passes_with_time(error) and row.attempts < _MOST_ATTEMPTS
    shown = _shown(error)
    log.warning("a CRM's event could not be taken", template=str(row.template_id), code=shown["code"])
    InboxEvent.objects.filter(pk=row.pk).update(
        status=InboxStatus.PENDING if is_passing else InboxStatus.FAILED,
        attempts=F("attempts") + 1,
        due_at=now + timedelta(seconds=2.0 ** min(row.attempts + 1, 8)),
        outcome=[{"deal": deal_id or None, "did": "failed", "code": shown["code"], "why": shown["message"]}],
    )
    if not is_passing:
        events.publish_refused(row, deal_id, shown)


def _shown(error: BridgeError | ValidationError) -> Json:
    """Shape: as the `error` of a run."""
    if isinstance(error, BridgeError):
        field = error.message.partition(":")[0] if ": " in error.message else ""
        return {"code": error.code, "message": error.message, "field": field or None, "step": None}
    field, text = problem_of(error)
    return {"code": "invalid_request", "message": text, "field": field or None, "step": None}


def events_of(template: Template, body: Json) -> list[Json]:
    """Errors: BridgeError, where the mapping fails."""
    owner = Owner(str(template.host_app_id), str(template.connection_id))
    text = template.mapping or READY[template.crm]
    column = evaluate(owner, {"events": text}, [body])["events"]
    if failure := column.failures.get(0):
        kind = MappingsBusy if failure.code in _PASSING else MappingFailed
        raise kind(f"mapping: {failure.message}")
    found = column.values[0]
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, dict) and row.get("deal_id")]


def _note_seen(template: Template, event: Json) -> None:
    if event_id := str(event.get("event_id") or "")[:255]:
        SeenEvent.objects.get_or_create(template=template, event_id=event_id)


@transaction.atomic
def _noted(template: Template, event: Json) -> None:
    """What the event tells is put to what is known; deals that were merged live on in this one."""
    deal_id = _deal_id(event)
    deal, _ = Deal.objects.get_or_create(template=template, external_id=deal_id)
    deal = Deal.objects.select_for_update().get(pk=deal.pk)
    news = {name: value for name, value in (event.get("deal") or {}).items() if value not in (None, "")}
    deal.data = {**deal.data, **news, "deal_id": deal_id}
    deal.save(update_fields=["data"])
    for merged in event.get("merged") or ():
        if str(merged) != deal_id:
            Deal.objects.update_or_create(
                template=template, external_id=str(merged)[:255], defaults={"merged_into": deal_id}
            )


def survivor_of(template: Template, deal: Deal) -> Deal:
    """The deal that this one lives on in."""
    for _ in range(_MOST_MERGES):
        if not deal.merged_into:
            return deal
        deal, _ = Deal.objects.get_or_create(template=template, external_id=deal.merged_into)
    return deal


def _staged(template: Template, deal_id: str, stage: Any, moment: datetime) -> Json:
    """Errors: those of `wanted_by` and `services.queue_run`; the stage is kept all the same."""
    if stage not in _STAGES:
        return {"did": "noted", "why": "no stage of a deal"}
    deal = survivor_of(template, Deal.objects.get(template=template, external_id=deal_id))
    if deal.staged_at is not None and moment < deal.staged_at:
        return {"did": "ignored", "why": "a later event of this deal came before"}
    Deal.objects.filter(pk=deal.pk).update(stage=stage, staged_at=moment)
    return _won(template, deal) if stage == "won" else _not_won(template, deal, stage)


def _completed(template: Template, deal_id: str) -> list[Json]:
    """Of a deal that is won already: what was missing has come, or something is another now."""
    deal = survivor_of(template, Deal.objects.get(template=template, external_id=deal_id))
    if deal.stage != "won":
        return []
    try:
        wanted = wanted_by(template.content, deal.data)
    except (BridgeError, ValidationError):
        return []  # still missing; the event that said won has told it
    run = _run_of(template, deal)
    if run is not None and run.body_digest == services.digest_of(wanted):
        return []
    told = _won(template, deal)
    waiting = InboxEvent.objects.filter(template=template, status=InboxStatus.FAILED, outcome__0__deal=deal.external_id)
    waiting.update(status=InboxStatus.DONE)
    return [{"deal": deal.external_id, **told}]


def run_name(template: Template, deal_id: str) -> str:
    """The `external_id` of a deal's run: the CRM's id, unless a template of another CRM has a deal of this id too."""
    same = Deal.objects.filter(template__connection=template.connection_id, external_id=deal_id)
    first = same.order_by("pk").values_list("template", flat=True).first()
    if first in (None, template.pk):
        return deal_id
    return f"{template.crm}-{str(template.pk)[:8]}:{deal_id}"[:255]


def _run_of(template: Template, deal: Deal) -> Run | None:
    """The deal's own, or that of a deal which was merged into it."""
    ids = [deal.external_id]
    for _ in range(_MOST_MERGES):
        more = Deal.objects.filter(template=template, merged_into__in=ids).exclude(external_id__in=ids)
        found = list(more.values_list("external_id", flat=True))
        if not found:
            break
        ids += found
    names = [run_name(template, each) for each in ids]
    runs = Run.objects.filter(connection=template.connection, external_id__in=names).exclude(status=RunStatus.UNDONE)
    own = runs.filter(external_id=names[0]).first()
    return own or runs.order_by("created_at").first()


def _won(template: Template, deal: Deal) -> Json:
    run, name = _run_of(template, deal), run_name(template, deal.external_id)
    if run is not None and run.external_id != name:
        return {
            "did": "kept",
            "run": str(run.pk),
            "why": f"deal {run.external_id} was merged into it, and has this run",
        }
    wanted = wanted_by(template.content, deal.data)
    if run is not None and run.body_digest != services.digest_of(wanted) and not services.may_change(run):
        services.propose(run, wanted)
        return {
            "did": "kept",
            "run": str(run.pk),
            "why": "the deal has changed; its run stays until the change is applied, and has it as `proposal`",
        }
    run = services.queue_run(
        template.connection,
        wanted,
        external_id=name,
        is_held=template.is_dry_run,
        requested_by=f"inbox: {template.name}",
        template=f"{template.name} {template.version}",
    )
    return {"did": "planned" if template.is_dry_run else "begun", "run": str(run.pk)}


def _not_won(template: Template, deal: Deal, stage: str) -> Json:
    """Nothing is taken back by itself: only a run that has not begun is called off."""
    run = _run_of(template, deal)
    if run is None:
        return {"did": "noted", "why": f"the deal is {stage}"}
    waiting = Run.objects.filter(pk=run.pk, started_at=None, worker="", status__in=services.NOT_BEGUN)
    if waiting.update(status=RunStatus.CANCELLED, version=F("version") + 1):
        return {"did": "cancelled", "run": str(run.pk), "why": f"the deal is {stage}, and its run had not begun"}
    return {"did": "kept", "run": str(run.pk), "why": f"the deal is {stage} again; undo its run if that is meant"}


def moment_of(value: Any) -> datetime | None:
    """Seconds or milliseconds since 1970, or ISO 8601."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        found = datetime.fromisoformat(str(value).replace("+0000", "+00:00"))
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
