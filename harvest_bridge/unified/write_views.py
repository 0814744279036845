"""Views that write people and roles: each is one call to Harvest, once per `Idempotency-Key`."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, cast

from msgspec import Raw
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.credentials import refuse_in_value
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.idempotency import once
from harvest_bridge.harvest.errors import HarvestMalformed, HarvestRejected
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.raw import delete_raw, write_raw
from harvest_bridge.harvest.retries import as_seen_by
from harvest_bridge.hosts.models import Scope

from . import base, services, views
from .mapping import MappingContext
from .options import flag, options_of, query_of
from .parameters import PASSTHROUGH, names_of
from .resources import Writing

T = TypeVar("T")
Json = dict[str, Any]
_READS = ("GET", "HEAD", "OPTIONS")


class WritingView(base.DirectoryView):
    """Reading takes the scope `directory`; writing takes `harvest`, which may write there anyway."""

    @property
    def scope(self) -> str:  # type: ignore[override]  # by method
        return Scope.DIRECTORY if self.request.method in _READS else Scope.HARVEST

    def body(self, *, is_new: bool) -> Json:
        """What Harvest gets. Errors: InvalidRequest, ValidationError, CredentialsRefused."""
        if flag(PASSTHROUGH, self.given):
            if not isinstance(self.request.data, dict):
                raise InvalidRequest("The body must be a JSON object.")
            refuse_in_value(self.request.data)
            return dict(self.request.data)
        writing = cast(Writing, self.resource.writing)
        return writing.body_of(writing.takes.of(self.request.data, is_new=is_new))

    def write(self, operation: Operation[Any], *, status: int = 200, shown: Json | None = None) -> Response:
        """Send it, and answer with the record as it is now, or with `shown`.

        What else the answer takes is asked of Harvest first: a failure afterwards would pass for a write not made.
        """

        def run() -> Response:
            around = self.around()
            record = self.harvest(operation)
            services.forget_me(self.connection)
            answer = self._read_back(record, around, operation) if shown is None else Response(shown)
            answer.status_code = status
            return answer

        return once(self.request, host_app=self.connection.host_app, about=str(self.connection.pk), run=run)

    def _read_back(self, record: Raw, around: MappingContext, operation: Operation[Any]) -> Response:
        """Errors: HarvestOutcomeUnknown for a record that cannot be read: it was written, so it must not be again."""
        try:
            return self.one(record, around)
        except HarvestMalformed as error:
            raise as_seen_by(error, is_repeatable=operation.is_repeatable, has_left=True) from error

    def check_query(self, method: str) -> None:
        """Read the parameters before anything is written. Errors: InvalidRequest."""
        self.given = query_of(self.request, taken=names_of(self.resource, method))
        self.chosen = options_of(self.given, self.resource, method=method, remote=())


class CreatingView(base.ListView, WritingView):
    def post(self, request: Request) -> Response:
        self.check_query("create")
        return self.write(write_raw("POST", self.resource.path, self.body(is_new=True)), status=201)


class ChangingView(base.RecordView, WritingView):
    def patch(self, request: Request, record_id: str) -> Response:
        self.check_query("update")
        return self.write(write_raw("PATCH", self.path(record_id), self.body(is_new=False)))

    def delete(self, request: Request, record_id: str) -> Response:
        self.check_query("delete")
        return self.write(delete_raw(self.path(record_id)), shown={"id": record_id})


class ActionView(base.RecordView, WritingView):
    """POST …/{id}/{action}."""

    action: ClassVar[str]
    http_method_names = ["post", "options"]

    def post(self, request: Request, record_id: str) -> Response:
        self.check_query(self.action)
        body = self.resource.actions[self.action].body
        return self.write(write_raw("PATCH", self.path(record_id), dict(body)))


class UserListView(CreatingView, views.UserListView):
    """People, newest first. POST invites one: Harvest sends the e-mail."""


class UserView(ChangingView, views.UserView):
    """One person. `status` archives and restores; who has tracked time can be archived but not deleted."""

    def harvest(self, operation: Operation[T]) -> T:
        """A refusal to delete says what can be done instead."""
        try:
            return super().harvest(operation)
        except HarvestRejected as error:
            if operation.verb == "DELETE":
                error.message = f"{error.message.rstrip('.')}. Archive them instead: PATCH with status inactive."
            raise
