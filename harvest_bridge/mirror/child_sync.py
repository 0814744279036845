"""Reads the children of one parent that showed a change, and settles which of them are gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from msgspec import Raw

from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.harvest.errors import HarvestMalformed, HarvestNotFound, HarvestRejected
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position, walk_pages

from . import listings
from .columns import Seen, seen
from .completeness import Walk
from .harvest_calls import HarvestCalls
from .models import Cause, ChildDue, Mirror, Record, Stream
from .not_found import note_record
from .numbering import numbering
from .record_lookup import has_address, look_up, raise_if_page
from .resources import BY_NAME, Resource
from .rights import extent, roles_now
from .tombstones import bury
from .writing import StreamTarget, write

# By then the parent was looked up.
_AFTER_PARENT = timedelta(seconds=5)


@dataclass
class ChildSync:
    due: ChildDue
    mirror: Mirror
    harvest: HarvestCalls

    @property
    def resource(self) -> Resource:
        return BY_NAME[self.due.resource]

    def step(self) -> None:
        """Errors: BridgeError; ClaimLost. The row goes once its children are as Harvest lists them."""
        stream = Stream.objects.get(mirror=self.mirror, resource=self.due.resource)
        target = StreamTarget(self.mirror, stream, self.resource, self.mirror.worker, self._rights)
        asked_at = timezone.now()
        try:
            records = self._listed()
        except HarvestNotFound as error:
            self._look_for_parent(error)
            return
        write(target, records, read_at=asked_at)
        known = Record.objects.filter(stream=stream, parent_id=self.due.parent_id, deleted_at=None)
        rows = list(known.filter(read_at__lt=asked_at).exclude(harvest_id__in=[one.harvest_id for one in records]))
        if rows:
            self._settle(target, rows)
        self._done()

    def _look_for_parent(self, error: HarvestNotFound) -> None:
        """Harvest says that the parent is gone. If so, it takes its children along; if not, they are asked for again.

        Errors: `error` where that did not help before; HarvestMalformed where a page says so.
        """
        raise_if_page(error)
        parent = BY_NAME[self.resource.parent]
        rows = Record.objects.filter(stream__mirror=self.mirror, stream__resource=parent.name, deleted_at=None)
        is_here = rows.filter(harvest_id=self.due.parent_id).exists()
        if not is_here or extent(self.mirror.connection, parent, self._rights()) is not Extent.ALL:
            self._done()
            return
        note_record(self.mirror, parent.name, self.due.parent_id)
        if self.due.failures:
            raise error
        later = timezone.now() + _AFTER_PARENT
        ChildDue.objects.filter(pk=self.due.pk, due_at=self.due.due_at).update(failures=1, due_at=later)

    def _listed(self) -> list[Seen]:
        """The whole list; none where Harvest refuses it: teammates of somebody who is no manager (any more).

        Errors: HarvestNotFound where the parent is gone; HarvestMalformed for fewer rows than Harvest counts.
        """

        def list_at(position: Position | None) -> Operation[Page[Raw]]:
            return listings.page_at(
                self.resource, {}, position, per_page=listings.PER_PAGE, parent_id=self.due.parent_id
            )

        walk = Walk.begin(filters={}, per_page=listings.PER_PAGE, now=timezone.now(), rights=[])
        found: dict[int, Seen] = {}
        try:
            for page in walk_pages(lambda operation: self.harvest.send(operation).value, list_at):
                walk.follow(page, [])
                found.update((one.harvest_id, one) for one in map(self._seen, page.items))
        except HarvestRejected:
            return []
        if not walk.fits(len(found)):
            raise HarvestMalformed("Harvest's list did not fit its own counts; it is read again.")
        return list(found.values())

    def _seen(self, raw: Raw) -> Seen:
        return seen(self.resource, raw, self.due.parent_id)

    def _settle(self, target: StreamTarget, rows: list[Record]) -> None:
        """Gone is what a second list lacks too, and no look-up finds, under the same rights."""
        before = self._rights()
        listed = {one.harvest_id for one in self._listed()}
        gone = [row for row in rows if row.harvest_id not in listed and not self._is_found(target, row)]
        asked_at = timezone.now()
        if not gone or not self._is_shown_all(before) or self._rights() != before:
            return
        with numbering(self.mirror.pk, worker=self.mirror.worker) as numbers:
            fresh = Record.objects.filter(pk__in=[row.pk for row in gone], deleted_at=None)
            bury(target, list(fresh.order_by("id")), numbers, cause=Cause.DELETED, read_at=asked_at)

    def _is_found(self, target: StreamTarget, row: Record) -> bool:
        return has_address(target.resource, row) and look_up(self.harvest, target.resource, row) is not None

    def _is_shown_all(self, held: list[str]) -> bool:
        """Whether somebody with these roles is shown every child of a parent whom they are shown.

        Of somebody else's assignments and rates they may get a part, of an invoice's payments and messages all or none.
        """
        connection = self.mirror.connection
        is_of_other = self.resource.parent == "users" and self.due.parent_id != connection.harvest_user_id
        return not is_of_other or extent(connection, self.resource, held) is Extent.ALL

    def _rights(self) -> list[str]:
        return roles_now(self.harvest)

    def _done(self) -> None:
        """Unless the parent changed again meanwhile."""
        ChildDue.objects.filter(pk=self.due.pk, due_at=self.due.due_at).delete()
