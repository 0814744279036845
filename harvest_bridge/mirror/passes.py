"""One step of a pass: a page is read, written and followed, all of which a killed worker leaves to the next.

`hot`, `window` and `sweep` differ in how the list is narrowed (`listings.filters_of`) and in what its end settles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from msgspec import Raw

from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position

from . import closed_invoices, deletions, ids, invoice_polling, listings, rereading, streams, writing
from .columns import Seen, seen, updated_at
from .completeness import Walk
from .harvest_calls import HarvestCalls
from .models import Kind, Mirror, Record, Run, RunPage, Stream
from .numbering import ClaimLost
from .resources import BY_NAME, Resource
from .rights import get_rights, rights_in, roles_now
from .writing import Place, Written

_SAVED = (
    *("status", "resources", "resource", "stage", "page", "walk", "results", "calls", "rows", "total", "changed"),
    *("deleted", "error", "started_at", "heartbeat_at", "finished_at", "waits_until"),
)
LIST, RUNNING, SETTLE = "list", "running", "settle"
_CLOCKS = timedelta(days=1)


@dataclass
class Pass:
    """A run in the hands of the worker that has claimed its mirror."""

    run: Run
    mirror: Mirror
    stream: Stream
    resource: Resource
    harvest: HarvestCalls
    gone_projects: dict[int, bool] = field(default_factory=dict)
    now: datetime = field(default_factory=timezone.now)

    @classmethod
    def of(cls, run: Run, mirror: Mirror, harvest: HarvestCalls) -> Pass:
        resource = BY_NAME[run.resources[0]]
        return cls(run, mirror, Stream.objects.get(mirror=mirror, resource=resource.name), resource, harvest)

    @property
    def kind(self) -> Kind:
        return Kind(self.run.kind)

    @property
    def place(self) -> Place:
        return Place(self.mirror, self.stream, self.resource, self.mirror.worker, self._roles_now)

    def _roles_now(self) -> list[str]:
        """Asked anew: a rate is gone, and this tells whether it is hidden."""
        roles = roles_now(self.harvest)
        self.remember_rights(roles)
        return roles

    @property
    def per_page(self) -> int:
        return int(self.run.results.get(f"per_page {self.resource.name}", listings.PER_PAGE))

    @property
    def walk(self) -> Walk:
        return Walk(self.run.walk)

    def step(self, now: datetime) -> None:
        """Errors: BridgeError, for what is in the way now; ClaimLost."""
        self.now = now
        if self.run.stage == "" or not self.run.walk:
            self._begin(now)
        if self.run.stage == SETTLE:
            self._settle()
        else:
            self._read_page()

    def _begin(self, now: datetime) -> None:
        """The first call of a run asks for the linker's rights, except where nothing is concluded from its pages."""
        if self.kind not in (Kind.HOT, Kind.OPEN) and not self.run.results.get("rights"):
            answer = self.harvest.send(get_rights()).value
            self.run.results["rights"] = rights_in(answer)
            self.remember_rights(self.run.results["rights"])
        self.run.walk, self.run.page = self._list_of_invoices() if self.kind == Kind.OPEN else (self._list(), "")
        RunPage.objects.filter(run=self.run).delete()
        self.run.resource, self.run.stage = self.resource.name, LIST

    def _list(self) -> dict[str, Any]:
        history_days = self.mirror.history_days
        filters = listings.filters_of(self.resource, self.kind, self.stream, now=self.now, history_days=history_days)
        return self._walk_from(filters, self.per_page).state

    def _list_of_invoices(self) -> tuple[dict[str, Any], str]:
        asked = invoice_polling.request_for(self)
        walk = self._walk_from(asked.filters, asked.per_page)
        return {**walk.state, "look": str(asked.look), "is_whole": asked.is_whole, "starts": []}, asked.page

    def _walk_from(self, filters: listings.Filters, per_page: int) -> Walk:
        return Walk.begin(
            filters=dict(filters),
            per_page=per_page,
            now=self.now,
            rights=self.run.results.get("rights", []),
            was_empty=not Record.objects.filter(stream=self.stream).exists(),
        )

    def remember_rights(self, rights: list[str]) -> None:
        if self.mirror.access_roles != rights:
            self.mirror.access_roles = rights
            Mirror.objects.filter(pk=self.mirror.pk).update(access_roles=rights)

    def _read_page(self) -> None:
        read = self.harvest.made_of(self._operation(self.run.page), self._seen)
        page, records = read.value, read.value.items
        if not self.walk.state.get("is_whole", True):
            self._compare_with(page, read.asked_at)
            return
        if page.next is not None:
            self.harvest.ahead(self._operation(str(page.next)), self._seen)
        differing = writing.differing(self.place, records)  # may ask Harvest, so before the page counts as read
        self._follow(page, records)
        is_progress = page.next is not None or self.compares
        save = (lambda written: self._save_page(records, written)) if is_progress else None
        written = writing.store(self.place, differing, read_at=read.asked_at, also=save)
        self._note_payments(written, read.asked_at)
        if not is_progress:
            self.run.changed += written.count
        if page.next is None:
            self._end_of_list()

    def _compare_with(self, page: Page[Seen], asked_at: datetime) -> None:
        """A page that is read alone: either nothing can have gone unseen, or the list is read from its beginning."""
        written = writing.store(self.place, writing.differing(self.place, page.items), read_at=asked_at)
        self._note_payments(written, asked_at)
        self.run.changed += written.count
        self.run.calls += 1
        self.run.rows += len(page.items)
        if invoice_polling.agrees(self, total=page.total, is_last=page.next is None):
            invoice_polling.note_page(self)
            self.next_resource("passed")
        else:
            self.run.results["differs"] = True
            self.begin_again(per_page=self.per_page)

    def _note_payments(self, written: Written, asked_at: datetime) -> None:
        if self.resource.name == invoice_polling.RESOURCE:
            invoice_polling.note_payments(self.stream, written, read_at=asked_at)

    def _operation(self, page: str) -> Operation[Page[Raw]]:
        position = Position.parse(page) if page else None
        filters = {"is_running": True} if self.run.stage == RUNNING else self.walk.state["filters"]
        return listings.page_at(self.resource, filters, position, per_page=self.walk.state["per_page"])

    def _seen(self, page: Page[Raw]) -> Page[Seen]:
        items = tuple(seen(self.resource, raw) for raw in page.items)
        return Page(items, page.next, page.previous, page.per_page, page.total)

    def _follow(self, page: Page[Seen], records: Sequence[Seen]) -> None:
        walk = self.walk
        if walk.goes_round():
            raise HarvestMalformed("Harvest's pages lead on and on.")
        if walk.state.get("look") == invoice_polling.Look.TURNS:
            walk.state["starts"] = [*walk.state["starts"], self.run.page]
        if self.run.stage == LIST:
            walk.follow(page, [moment for one in records if (moment := updated_at(one)) is not None])
        self.run.page = str(page.next) if page.next else ""
        self.run.calls += 1
        self.run.rows += len(records)

    def _save_page(self, records: Sequence[Seen], written: Written) -> None:
        """With the page's rows, in their transaction."""
        self.run.changed += written.count
        if self.compares:
            number = self.walk.state["pages"]
            RunPage.objects.create(run=self.run, number=number, ids=ids.packed(one.harvest_id for one in records))
        self.save()

    def save(self) -> None:
        """Errors: ClaimLost where another worker has taken the run over."""
        run = self.run
        run.heartbeat_at = timezone.now()
        values = {name: getattr(run, name) for name in _SAVED}
        if not Run.objects.filter(pk=run.pk, worker=self.mirror.worker).update(**values):
            raise ClaimLost

    @property
    def compares(self) -> bool:
        """Whether the end of the list shows what is missing."""
        return self.run.stage == RUNNING or self.kind != Kind.HOT or not self.resource.has_updated_since

    def _end_of_list(self) -> None:
        listed = self._listed() if self.compares else None
        if self.run.stage == LIST and not self.walk.fits(None if listed is None else len(listed)):
            self._again()
        elif listed is None and self._may_run():
            self._list_running()
        else:
            if listed is not None and not self.walk.state.get("was_empty"):
                deletions.note_missing(self, listed)
            self.run.stage = SETTLE
            self._settle()

    def _listed(self) -> ids.IdSet:
        pages = RunPage.objects.filter(run=self.run).order_by("number").values_list("ids", flat=True)
        return ids.IdSet(bytes(page) for page in pages.iterator(chunk_size=100))

    def _may_run(self) -> bool:
        """A start, a stop or an edit moves `updated_at`; that a running timer is gone shows in this list alone."""
        is_entry = self.resource.name == "time_entries" and self.run.stage == LIST
        return is_entry and Record.objects.filter(stream=self.stream, is_running=True, deleted_at=None).exists()

    def _list_running(self) -> None:
        self.run.stage, self.run.page = RUNNING, ""
        self.save()

    def _again(self) -> None:
        """The counts do not fit: once more from the beginning, a few times, and then later."""
        tries = self.run.results.setdefault(f"tries {self.resource.name}", 0) + 1
        self.run.results[f"tries {self.resource.name}"] = tries
        if tries >= 3:
            if self.kind == Kind.OPEN:
                invoice_polling.note_failure(self)
            else:
                streams.incomplete(self.stream, now=self.now)
            self.next_resource("counts")
        else:
            self.run.stage, self.run.walk, self.run.page = "", {}, ""
            self.save()

    def _settle(self) -> None:
        settle_some = closed_invoices.settle_some if self.kind == Kind.OPEN else deletions.settle_some
        if settle_some(self):
            self.save()
        else:
            self._passed()

    @transaction.atomic
    def _passed(self) -> None:
        walk = self.walk
        if self.kind == Kind.OPEN:
            invoice_polling.note_list(self)
            if "state" in walk.state["filters"]:  # it says nothing of the others, so that `as_of` and `since` stay
                self.next_resource("passed")
                return
        # An empty list tells nothing of Harvest's clock, so a day is allowed for how far it may be from ours.
        newest = min(walk.newest or walk.began_at - _CLOCKS, walk.began_at)
        if self.stream.since is None or self.kind == Kind.SWEEP or newest > self.stream.since:
            self.stream.since = newest
        if self.kind == Kind.SWEEP:
            self.stream.total_entries = walk.state["totals"][-1] if walk.state["totals"] else self.stream.total_entries
        rereading.note_turns(self.mirror, self.resource, since=self.stream.as_of, until=walk.began_at)
        streams.passed(self.mirror, self.stream, self.resource, self.kind, began_at=walk.began_at)
        self.next_resource("passed")

    def begin_again(self, *, per_page: int) -> None:
        """This resource from its first page, in pages of another size."""
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
