"""A run in the hands of the worker that has claimed its mirror: where it stands, and how it is put off or goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from . import listings
from .completeness import Walk
from .harvest_calls import HarvestCalls
from .models import Kind, Mirror, Run, RunPage, Stream
from .numbering import ClaimLost
from .resources import BY_NAME, Resource
from .rights import roles_now
from .writing import StreamTarget

_SAVED = (
    *("status", "resources", "resource", "stage", "page", "walk", "results", "calls", "rows", "total", "changed"),
    *("deleted", "error", "started_at", "heartbeat_at", "finished_at", "waits_until"),
)
LIST, RUNNING, SETTLE = "list", "running", "settle"


@dataclass
class ClaimedRun:
    """A run, and the resource of it that is read now."""

    run: Run
    mirror: Mirror
    stream: Stream
    resource: Resource
    harvest: HarvestCalls
    gone_projects: dict[int, bool] = field(default_factory=dict)
    now: datetime = field(default_factory=timezone.now)

    @classmethod
    def of(cls, run: Run, mirror: Mirror, harvest: HarvestCalls) -> ClaimedRun:
        resource = BY_NAME[run.resources[0]]
        return cls(run, mirror, Stream.objects.get(mirror=mirror, resource=resource.name), resource, harvest)

    @property
    def kind(self) -> Kind:
        return Kind(self.run.kind)

    @property
    def target(self) -> StreamTarget:
        return StreamTarget(self.mirror, self.stream, self.resource, self.mirror.worker, self._roles_now)

    def _roles_now(self) -> list[str]:
        """Asked anew: a rate is gone, and this tells whether it is hidden."""
        roles = roles_now(self.harvest)
        self.remember_rights(roles)
        return roles

    def remember_rights(self, rights: list[str]) -> None:
        if self.mirror.access_roles != rights:
            self.mirror.access_roles = rights
            Mirror.objects.filter(pk=self.mirror.pk).update(access_roles=rights)

    @property
    def per_page(self) -> int:
        return int(self.run.results.get(f"per_page {self.resource.name}", listings.PER_PAGE))

    @property
    def walk(self) -> Walk:
        return Walk(self.run.walk)

    @property
    def compares(self) -> bool:
        """Whether the end of the list shows what is missing."""
        return self.run.stage == RUNNING or self.kind != Kind.HOT or not self.resource.has_updated_since

    def save(self) -> None:
        """Errors: ClaimLost where another worker has taken the run over."""
        run = self.run
        run.heartbeat_at = timezone.now()
        values = {name: getattr(run, name) for name in _SAVED}
        if not Run.objects.filter(pk=run.pk, worker=self.mirror.worker).update(**values):
            raise ClaimLost

    def begin_again(self, *, per_page: int | None = None) -> None:
        """This resource from its first page; `per_page`: in pages of another size."""
        if per_page is not None:
            self.run.results[f"per_page {self.resource.name}"] = per_page
        self.run.stage, self.run.walk, self.run.page = "", {}, ""
        self.save()

    def put_off(self, until: datetime) -> None:
        """The run waits where it stands, and other runs of the mirror go on."""
        self.run.waits_until = until
        self.save()

    @transaction.atomic
    def put_off_alone(self, until: datetime) -> None:
        """This list waits where it stands, in a run of its own if this one has more to read."""
        run = self.run
        if len(run.resources) == 1:
            self.put_off(until)
            return
        waiting = Run.objects.create(
            mirror=self.mirror,
            kind=run.kind,
            status=Run.Status.RUNNING,
            resources=[self.resource.name],
            requested_by=run.requested_by,
            resource=run.resource,
            stage=run.stage,
            page=run.page,
            walk=run.walk,
            results={name: value for name, value in run.results.items() if name not in BY_NAME},
            worker=self.mirror.worker,
            created_at=run.created_at,
            started_at=run.started_at,
            waits_until=until,
        )
        RunPage.objects.filter(run=run).update(run=waiting)
        self.next_resource("put_off")

    def next_resource(self, outcome: str) -> None:
        """This one is done with, for now; after the last the run is over."""
        run = self.run
        RunPage.objects.filter(run=run).delete()
        run.results[self.resource.name] = outcome
        run.resources = run.resources[1:]
        run.resource, run.stage, run.page, run.walk = "", "", "", {}
        if not run.resources:
            run.status, run.finished_at = Run.Status.DONE, timezone.now()
        self.save()
