"""What every view of the directory shares: its row, its parameters and options, a list, a record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from msgspec import UNSET, Raw
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.inputs import DEFAULT_LIMIT, MAX_LIMIT, limit_from
from harvest_bridge.connections import harvest_permissions
from harvest_bridge.connections.data_views import DataView
from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.harvest.errors import HarvestForbidden
from harvest_bridge.harvest.operations.ids import record_id
from harvest_bridge.harvest.operations.raw import get_raw, list_raw
from harvest_bridge.hosts.models import Scope

from . import services
from .filters import Narrowing, narrowing
from .mapping import MappingContext, mapping_context_of
from .options import FigureSerializer, Options, options_of, query_of
from .parameters import names_of
from .resources import Resource
from .schema import Record
from .services import ListAt

Json = dict[str, Any]


class DirectoryView(DataView):
    """What every call of the directory has: its row, its parameters and its options. `reads` is the method of GET."""

    resource: ClassVar[Resource]
    reads: ClassVar[str] = "get"
    scope = Scope.DIRECTORY
    tag = "User directory"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whose account it is comes before what is asked of it, so that strangers learn nothing by their mistakes."""
        super().initial(request, *args, **kwargs)
        _ = self.connection

    def require(self, method: str) -> None:
        """For what Harvest would answer with less than was asked for, rather than refuse. Errors: HarvestForbidden."""
        call = self.resource.calls[method]
        if harvest_permissions.extent(self.connection, call.path, call.verb) is Extent.NONE:
            raise HarvestForbidden(
                harvest_permissions.refusal(self.connection, call.path, call.verb, takes_all=call.takes_all)
            )

    @cached_property
    def given(self) -> Json:
        return query_of(self.request, taken=names_of(self.resource, self.reads))

    @cached_property
    def chosen(self) -> Options:
        return options_of(self.given, self.resource, method=self.reads, remote=self.remote)

    @property
    def remote(self) -> tuple[str, ...]:
        """Harvest's own parameters that it takes here."""
        return self.resource.remote if self.reads == "list" else ()

    def around(self, **more: Any) -> MappingContext:
        if "roles" in self.chosen.expand:
            more["role_ids"] = services.role_ids(self.harvest)
        return mapping_context_of(self.connection, **more)

    def mapped(self, records: Sequence[Raw], around: MappingContext) -> Sequence[FigureSerializer]:
        """As the options want them; `raw` is what Harvest sent."""
        if self.chosen.is_raw:
            return records
        return self.finished(services.built_in(self.resource, records, around))

    def finished(self, records: list[Record]) -> list[Record]:
        """With the host's own mappings, and without what was not wanted."""
        services.override(self.resource, self.connection, records)
        self.chosen.leave_out(records)
        return records

    def one(self, record: Raw, around: MappingContext) -> Response:
        [shown] = self.mapped([record], around)
        return Response(self.debugged({"result": shown}, [record]) if self._is_debug else shown)

    def debugged(self, envelope: Json, records: Sequence[Raw]) -> Json:
        """What Truto's `debug` format tells, as far as we know it."""
        if not self._is_debug:
            return envelope
        cursor = envelope.get("next_cursor")
        told = {"requestUrl": self.resource.path, "data": records, "nextCursor": cursor}
        return envelope | {"debug": told | {"isEmptyResult": not records, "resultCount": len(records)}}

    @property
    def _is_debug(self) -> bool:
        return self.chosen.response_format == "debug"


class ListView(DirectoryView):
    """A page of Harvest's list where Harvest can narrow it as asked; else a part of all of it, narrowed here."""

    reads = "list"

    def get(self, request: Request) -> Response:
        wanted = self.narrowing()
        list_at = self.list_at(self.chosen.asked_of_harvest(wanted.harvest))
        around = self.around()  # may ask Harvest, so after all that can be wrong with the query
        return self.narrowed(list_at, wanted, around) if wanted.needs_all else self.page(list_at, around)

    def narrowing(self) -> Narrowing:
        can = self.remote
        return narrowing(
            self.given,
            self.resource.filters,
            pushes_status="is_active" in can,
            pushes_updated="updated_since" in can,
        )

    def list_at(self, query: Json) -> ListAt:
        row = self.resource
        return lambda at, size: list_raw(row.path, row.key, at, per_page=size, filters=query)

    def page(self, list_at: ListAt, around: MappingContext) -> Response:
        place = self.place_in(self.resource.name, self._identity())
        place = place.with_limit(MAX_LIMIT if self.chosen.ignores_limit else place.limit or DEFAULT_LIMIT)
        page, place = self.not_empty(self.harvest(list_at(place.at, place.limit)), place, list_at)
        shown = self.mapped(page.items, around)
        envelope = self.envelope(shown, page, place) | {"result": self.chosen.keyed(shown)}
        return Response(self.debugged(envelope, page.items))

    def narrowed(self, list_at: ListAt, wanted: Narrowing, around: MappingContext) -> Response:
        """Costs one request for each 2,000 records, on every page: Harvest keeps no list of ours."""
        _ = self._stretch
        records = services.everything(self.harvest, list_at, self.resource.name)
        return self.part(records, wanted, around)

    def part(self, records: Sequence[Raw], wanted: Narrowing, around: MappingContext) -> Response:
        """One page of `records`, which are all there are."""
        start, limit, list_id = self._stretch
        kept = wanted.applied(services.built_in(self.resource, records, around), self.resource.filters)
        found = kept[start : start + limit]
        remote = [record.remote_data for record in found if record.remote_data is not UNSET]
        shown: Sequence[FigureSerializer] = remote if self.chosen.is_raw else self.finished(found)
        envelope = list_envelope(
            shown,
            limit=limit,
            next_cursor=encode_cursor(start + limit, list_id=list_id) if start + limit < len(kept) else None,
            prev_cursor=encode_cursor(max(0, start - limit), list_id=list_id) if start else None,
        )
        return Response(self.debugged(envelope | {"result": self.chosen.keyed(shown)}, remote))

    def narrowing_here(self) -> Narrowing:
        """For what is narrowed and paged here: all that can be wrong with the query, before Harvest is asked."""
        _ = self._stretch
        return self.narrowing()

    @cached_property
    def _stretch(self) -> tuple[int, int, str]:
        """Where the page begins in a list that is paged here, how long it is, and which list it is of."""
        list_id = f"{self.resource.name} here {self.connection.pk} {sorted(self._identity().items())}"
        start = decode_cursor(self.given.get("next_cursor", ""), list_id=list_id) or 0
        return start, MAX_LIMIT if self.chosen.ignores_limit else limit_from(self.request), list_id

    def _identity(self) -> Json:
        """What makes this list another than one with other filters; the page's size is no part of it."""
        return {name: str(value) for name, value in self.given.items() if name not in ("limit", "next_cursor")}


class RecordView(DirectoryView):
    """One record by its id."""

    def get(self, request: Request, record_id: str) -> Response:
        around = self.around()
        return self.one(self.harvest(get_raw(self.path(record_id))), around)

    def path(self, wanted: str) -> str:
        """Errors: HarvestNotFound for what cannot be an id."""
        return f"{self.resource.path}/{record_id(wanted)}"
