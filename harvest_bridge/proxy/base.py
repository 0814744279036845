"""Base views of /proxy and /custom: idempotent writes, and the resource of the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, TypeVar

from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.credentials import refuse_in_query
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.idempotency import once
from harvest_bridge.api.parsers import ExactJsonParser
from harvest_bridge.connections.data_views import DataView
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.raw import delete_raw, get_raw, write_raw
from harvest_bridge.hosts.models import Scope

from .errors import UnknownResource
from .multipart import RawMultipartParser
from .operations import method_path
from .proxy_request import ProxyRequest, asked, asked_of_method, method_of
from .resource import Resource, Verb
from .resource_names import resource_named

T = TypeVar("T")
MAX_ANSWER_BYTES = 8 * 2**20


class HarvestView(DataView):
    """Writes happen once per `Idempotency-Key`."""

    scope = Scope.HARVEST
    parser_classes = (RawMultipartParser, ExactJsonParser)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_in_query(request.META.get("QUERY_STRING", ""))

    def harvest(self, operation: Operation[T]) -> T:
        """Errors: HarvestAnswerTooLong, as an envelope is held in memory until it is sent."""
        return super().harvest(replace(operation, most_bytes=MAX_ANSWER_BYTES))

    def write(
        self, operation: Operation[Any], *, status: int | None = 200, shown: dict[str, Any] | None = None
    ) -> Response:
        """Send it, and answer with the record, or with `shown` where that says it better.

        `status` None is Harvest's own.
        """

        def run() -> Response:
            record = self.harvest(operation)
            return Response(record if shown is None else shown, status=status or self.harvests_status)

        return once(self.request, host_app=self.connection.host_app, about=str(self.connection.pk), run=run)

    @property
    def harvests_status(self) -> int:
        """As Harvest answered; never one that must go without a body, as ours has one."""
        status = self.meter.status or 200
        return 200 if status in (204, 205) else status


class ResourceView(HarvestView):
    """One row of the table. `Allow` tells what Harvest can do with it, not what our class can."""

    meanings: Mapping[str, tuple[Verb, ...]] = {}

    @cached_property
    def resource(self) -> Resource:
        return resource_named(self.kwargs["resource"])

    def asked(self, verb: Verb) -> ProxyRequest:
        return asked(self.request, self.resource, verb)

    def call(self, name: str, wanted: str) -> Response:
        """A method of one record, or of the collection, by Harvest's own verb for it."""
        method = method_of(self.resource, name)
        about = asked_of_method(self.request, self.resource, method)
        if method.has_id and not wanted:
            raise InvalidRequest(f"id: name the record to {name}, in the query, the body or the path.")
        path = method_path(about.path, name, method, wanted)
        if method.verb == "GET":
            return Response(self.harvest(get_raw(path, about.query)))
        if method.verb == "DELETE":
            return self.write(delete_raw(path), shown={"id": int(wanted)})
        return self.write(write_raw(method.verb, path, None))

    @property
    def allowed_methods(self) -> list[str]:
        """Errors: none, as DRF asks before it can answer any."""
        try:
            offered = self.offered()
        except UnknownResource:
            return super().allowed_methods
        return [*offered, *(["HEAD"] if "GET" in offered else []), "OPTIONS"]

    def offered(self) -> list[str]:
        """The methods of HTTP that mean something here. Errors: UnknownResource."""
        verbs = self.resource.verbs | (self.resource.alone.verbs if self.resource.alone else frozenset())
        return [name for name, meant in self.meanings.items() if verbs.intersection(meant)]
