"""A host's people: uploaded, compared with Harvest's users, listed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from harvest_bridge.connections.models import Connection

from . import tasks
from .decisions import hold
from .directory import check_can_match
from .matching_runs import queued_run, run_queued
from .models import Identity, MatchingRun
from .queries import identities_of, latest_run_of

# As many as Harvest and the comparison answer for while somebody waits; more is the worker's.
AT_ONCE = 50
_BATCH = 500
_FIELDS = ("email", "name")


@dataclass(slots=True)
class Upload:
    """What became of the rows: how many were new, changed or the same; failures stand in `failed`."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: list[dict[str, Any]] = field(default_factory=list)
    run: MatchingRun | None = None


def upload(*, connection: Connection, people: list[dict[str, str]], failed: list[dict[str, Any]]) -> Upload:
    """Add or change people by their `external_id`; nobody is removed. Then compare whoever has no match.

    Shape: a row that says nothing new changes nothing. A match stays as it is, whatever names and addresses say now.
    Where the last comparison failed, the next upload is another try, so that a host's own rhythm gets over it.
    Errors: AccountConnectionNeeded, AdministratorNeeded.
    """
    check_can_match(connection)
    done = Upload(failed=failed)
    for start in range(0, len(people), _BATCH):
        _keep(connection, people[start : start + _BATCH], done)
    latest, news = latest_run_of(connection), done.created + done.updated
    has_failed = latest is not None and latest.status == MatchingRun.Status.FAILED
    if news or has_failed:
        done.run = start_matching(connection=connection, is_small=news <= AT_ONCE and not has_failed)
    return done


def start_matching(*, connection: Connection, is_small: bool = False) -> MatchingRun:
    """A run over everybody undecided; at once if it is small, else in the worker.

    Errors: AccountConnectionNeeded, AdministratorNeeded. What Harvest says is in the run's `error`.
    """
    check_can_match(connection)
    run = queued_run(connection)
    if is_small:
        run_queued(connection)
    else:
        transaction.on_commit(lambda: tasks.match(str(connection.pk)))
    run.refresh_from_db()
    return run


@transaction.atomic
def _keep(connection: Connection, people: list[dict[str, str]], done: Upload) -> None:
    """Some of them at a time, so that others, such as clicks in the timer, come to write in between."""
    hold(connection)
    names = [person["external_id"] for person in people]
    known = {row.external_id: row for row in identities_of(connection).filter(external_id__in=names)}
    new = [person for person in people if person["external_id"] not in known]
    changed = [person for person in people if _says_news(known.get(person["external_id"]), person)]
    versions = {name: row.version + 1 for name, row in known.items()}
    # One upsert: to update so many row by row takes five times as long, and holds up everybody else who writes.
    Identity.objects.bulk_create(
        [
            Identity(connection=connection, version=versions.get(person["external_id"], 0), **person)
            for person in [*new, *changed]
        ],
        update_conflicts=True,
        unique_fields=["connection", "external_id"],
        update_fields=[*_FIELDS, "version", "updated_at"],
    )
    done.created, done.updated = done.created + len(new), done.updated + len(changed)
    done.unchanged += len(people) - len(new) - len(changed)


def _says_news(row: Identity | None, person: dict[str, str]) -> bool:
    return row is not None and any(getattr(row, name) != person[name] for name in _FIELDS)
