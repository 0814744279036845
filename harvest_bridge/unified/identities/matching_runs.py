"""A matching run: reads Harvest's users, flags those who left, compares everybody undecided, stores the findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.api.locks import try_lock
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError

from . import events as told
from .decisions import hold
from .directory import read_directory
from .matching import Finding, Someone, State, findings
from .models import Basis, Flag, Identity, IdentityEvent, IdentityState, MatchingRun
from .queries import counts_of, harvest_users_of, identities_of

WORKER = "worker"
_BATCH = 500
Status, What = MatchingRun.Status, IdentityEvent.What


def queued_run(connection: Connection) -> MatchingRun:
    """A run that is yet to begin: one that waits already, or a new one."""
    waiting = MatchingRun.objects.filter(connection=connection, status=Status.QUEUED).first()
    people = identities_of(connection).exclude(state=IdentityState.MATCHED).count()
    return waiting or MatchingRun.objects.create(connection=connection, people=people)


def run_queued(connection: Connection) -> None:
    """Carry out what is queued for this connection, and what a worker that died left behind.

    One process at a time; another one's runs are taken along by whoever is at it.
    """
    with try_lock(f"matching {connection.pk}") as is_ours:
        while is_ours and (run := _next(connection)):
            _carry_out(run)


def _next(connection: Connection) -> MatchingRun | None:
    rows = MatchingRun.objects.select_related("connection__host_app").filter(connection=connection)
    return rows.filter(status__in=(Status.QUEUED, Status.RUNNING)).order_by("created_at", "id").first()


def _carry_out(run: MatchingRun) -> None:
    connection = run.connection
    try:
        _note(run, status=Status.RUNNING, compared=0)
        read_directory(connection)
        _flag(connection)
        _compare(run)
    except BridgeError as error:
        failure = {"code": error.code, "message": error.message}
        _note(run, status=Status.FAILED, error=failure, finished_at=timezone.now())
    else:
        _note(run, status=Status.DONE, counts=counts_of(connection), finished_at=timezone.now())


def _note(run: MatchingRun, **fields: Any) -> None:
    """Progress, where everybody sees it at once."""
    MatchingRun.objects.filter(pk=run.pk).update(**fields)


@transaction.atomic
def _flag(connection: Connection) -> None:
    """Say of matched people whose Harvest user was archived or is gone, and whose came back."""
    hold(connection)
    users = {user.harvest_user_id: user.flag for user in harvest_users_of(connection)}
    changed, events = [], []
    for row in identities_of(connection).filter(state=IdentityState.MATCHED):
        flag = users.get(row.harvest_user_id or 0, Flag.VANISHED)
        if flag != row.flag:
            row.flag, row.updated_at = flag, timezone.now()
            changed.append(row)
            events.append(_event(row, What.FLAGGED if flag else What.RETURNED))
    Identity.objects.bulk_update(changed, ["flag", "updated_at"], batch_size=_BATCH)
    IdentityEvent.objects.bulk_create(events, batch_size=_BATCH)
    told.publish(connection, told.FLAGGED, [row for row in changed if row.flag])


def _compare(run: MatchingRun) -> None:
    connection = run.connection
    undecided = list(identities_of(connection).exclude(state=IdentityState.MATCHED))
    _note(run, people=len(undecided))
    found = findings(
        [Someone(str(row.pk), row.email, row.name) for row in undecided],
        _users(connection),
        taken=_taken(connection),
        rejected={str(row.pk): frozenset(map(str, row.rejected)) for row in undecided if row.rejected},
        on_progress=lambda done: _note(run, compared=done),
    )
    for batch in _batches(undecided):
        _write(connection, batch, found)
    _note(run, compared=len(undecided))


def _users(connection: Connection) -> list[Someone]:
    """Those that are there; the archived too, as somebody's earlier time is theirs."""
    rows = harvest_users_of(connection).filter(is_gone=False)
    return [Someone(str(row.harvest_user_id), row.email, row.name, is_active=row.is_active) for row in rows]


def _taken(connection: Connection) -> dict[str, str]:
    rows = identities_of(connection).filter(harvest_user_id__isnull=False)
    return {str(user): str(identity) for user, identity in rows.values_list("harvest_user_id", "pk")}


@transaction.atomic
def _write(connection: Connection, batch: list[Identity], found: dict[str, Finding]) -> None:
    """What was found, for those whom nobody decided about, changed or erased in the meantime."""
    hold(connection)
    versions = dict(identities_of(connection).filter(pk__in=[row.pk for row in batch]).values_list("pk", "version"))
    flags = {user.harvest_user_id: user.flag for user in harvest_users_of(connection)}
    taken = _taken(connection)
    changed, events = [], []
    for row in batch:
        finding = found[str(row.pk)]
        if versions.get(row.pk) != row.version or not _applied(row, finding, taken, flags):
            continue
        row.updated_at = timezone.now()
        changed.append(row)
        if row.state == IdentityState.MATCHED:
            events.append(_event(row, What.MATCHED))
    fields = ["state", "basis", "flag", "harvest_user_id", "candidates", "updated_at"]
    Identity.objects.bulk_update(changed, fields, batch_size=_BATCH)
    IdentityEvent.objects.bulk_create(events, batch_size=_BATCH)
    told.publish(connection, told.MATCHED, [row for row in changed if row.state == IdentityState.MATCHED])


def _applied(row: Identity, finding: Finding, taken: dict[str, str], flags: dict[int, Flag]) -> bool:
    """Give `row` what was found; False if it has that already, or lost the Harvest user to somebody since."""
    candidates = [
        {"harvest_user_id": int(one.key), "score": one.score, "reasons": [str(why) for why in one.reasons]}
        for one in finding.candidates
    ]
    if finding.state == State.MATCHED:
        user_id = int(finding.candidates[0].key)
        if str(user_id) in taken:
            return False
        row.match(user_id, basis=Basis.EMAIL, flag=flags.get(user_id, Flag.NONE))
        return True
    if (row.state, row.candidates) == (finding.state, candidates):
        return False
    row.unmatch(finding.state, candidates)
    return True


def _event(row: Identity, what: IdentityEvent.What) -> IdentityEvent:
    return IdentityEvent(identity=row, what=what, harvest_user_id=row.harvest_user_id, actor=WORKER)


def _batches(rows: list[Identity]) -> Iterator[list[Identity]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))
