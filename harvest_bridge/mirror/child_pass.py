"""Reads the children of one parent that showed a change, and settles which of them are gone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from msgspec import Raw

from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.harvest.errors import HarvestNotFound, HarvestRejected
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.pages import Page, Position, walk_pages

from . import listings
from .columns import Seen, seen
from .harvest_calls import HarvestCalls
from .models import Cause, ChildDue, Mirror, Record, Stream
from .not_found import note_record
from .numbering import numbering
from .resources import BY_NAME, Resource
from .rights import extent, roles_now
from .tombstones import bury
from .writing import Place, write


@dataclass
class ChildPass:
    due: ChildDue
    mirror: Mirror
    harvest: HarvestCalls

    @property
    def resource(self) -> Resource:
        return BY_NAME[self.due.resource]

    def step(self) -> None:
        """Errors: BridgeError; ClaimLost. The row goes once its children are as Harvest lists them."""
        stream = Stream.objects.get(mirror=self.mirror, resource=self.due.resource)
        place = Place(self.mirror, stream, self.resource, self.mirror.worker, self._rights)
        asked_at = timezone.now()
        try:
            records = self._listed()
        except HarvestNotFound:
            note_record(self.mirror, self.resource.parent, self.due.parent_id)  # which takes these along
            self._done()
            return
        write(place, records, read_at=asked_at)
        known = Record.objects.filter(stream=stream, parent_id=self.due.parent_id, deleted_at=None)
        rows = list(known.filter(read_at__lt=asked_at).exclude(harvest_id__in=[one.harvest_id for one in records]))
        if rows:
            self._settle(place, rows)
        self._done()

    def _listed(self) -> list[Seen]:
        """The whole list; none where Harvest refuses it: teammates of somebody who is no manager (any more).

        Errors: HarvestNotFound where the parent is gone.
        """

        def list_at(position: Position | None) -> Operation[Page[Raw]]:
            return listings.page_at(
                self.resource, {}, position, per_page=listings.PER_PAGE, parent_id=self.due.parent_id
            )

        try:
            pages = list(walk_pages(lambda operation: self.harvest.send(operation).value, list_at))
        except HarvestRejected:
            return []
        return [seen(self.resource, raw, self.due.parent_id) for page in pages for raw in page.items]

    def _settle(self, place: Place, rows: list[Record]) -> None:
        """Gone is what a second list lacks too, and no look-up finds, under the same rights."""
        before = self._rights()
        listed = {one.harvest_id for one in self._listed()}
        gone = [row for row in rows if row.harvest_id not in listed and not self._is_found(place, row)]
        asked_at = timezone.now()
        if not gone or not self._is_shown_all(before) or self._rights() != before:
            return
        with numbering(self.mirror.pk, worker=self.mirror.worker) as numbers:
            fresh = Record.objects.filter(pk__in=[row.pk for row in gone], deleted_at=None)
            bury(place, list(fresh.order_by("id")), numbers, cause=Cause.DELETED, read_at=asked_at)

    def _is_found(self, place: Place, row: Record) -> bool:
        operation = listings.record_at(place.resource, row)
        if operation is None:
            return False
        try:
            self.harvest.send(operation)
        except HarvestNotFound:
            return False
        return True

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
