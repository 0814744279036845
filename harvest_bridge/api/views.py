"""The base class of our REST views, with typed access to the caller."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from harvest_bridge import request_context
from harvest_bridge.harvest.budgets import begin_meter

from . import audit_events
from .callers import Caller
from .concurrency import concurrency

C = TypeVar("C", bound=Caller)


class CallerView(APIView, Generic[C]):
    """Names the callers it accepts and the scope they need (`permissions.AcceptedCaller` enforces both)."""

    accepts: ClassVar[tuple[type[Caller], ...]] = ()
    scope: ClassVar[str | tuple[str, ...] | None] = None
    # For the OpenAPI description (`openapi_schema.BridgeSchema`).
    tag: ClassVar[str] = ""
    parameters: ClassVar[tuple[OpenApiParameter, ...]] = ()
    reaches_harvest: ClassVar[bool] = False
    # Of a route that takes a POST and changes nothing that anybody would ask about.
    is_audited: ClassVar[bool] = True
    _counted_as: str | None = None

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """A body that came in chunks has no length, and DRF would take it for no body at all.

        A form with files is never empty, and its parser bounds it; to measure it here would hold it to JSON's bound.
        """
        if request.headers.get("Transfer-Encoding") and not request.headers.get("Content-Length"):
            has_files = request.content_type == "multipart/form-data"
            request.META["CONTENT_LENGTH"] = "1" if has_files else str(len(request.body))
        if request.resolver_match is not None:
            request_context.note_route(request.resolver_match.route)
        self.meter = begin_meter()
        return super().initialize_request(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """View and request hold each other, and an answer holds itself: nothing of a page of 2,000 records may hang on
        either, or it would stay in memory until Python's collector comes by, and keep that busy for long."""
        try:
            response = super().dispatch(request, *args, **kwargs)
        finally:
            if self._counted_as is not None:
                concurrency.leave(self._counted_as)
        del self.response
        if isinstance(response, Response):
            response.add_post_render_callback(_let_go)
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Whatever the answer: if it took from a budget of Harvest's, its headers tell what is left."""
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        for name, value in self.meter.headers().items():
            response[name] = value
        return super().finalize_response(request, response, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Once the caller is accepted, what they ask for is told to the audit before it is done."""
        super().initial(request, *args, **kwargs)
        context = request_context.current()
        if context is None or request.method in audit_events.READING or not self.is_audited:
            return
        if isinstance(request.user, Caller):
            context.is_audited = True
            if not request.user.keeps_own_record:
                audit_events.record_request(
                    context, object_id=" ".join(map(str, kwargs.values())), detail=_account(request)
                )

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if isinstance(request.user, Caller):
            request_context.note_caller(request.user.who)

    def count_as(self, customer: str) -> None:
        """From here to the answer this is one of the customer's requests under way. Errors: TooManyAtOnce."""
        concurrency.enter(customer)
        self._counted_as = customer

    @property
    def caller(self) -> C:
        return cast(C, self.request.user)


def _account(request: Request) -> str:
    account = request.query_params.get("integrated_account_id")
    return f"integrated_account_id={account}" if account else ""


def _let_go(response: Any) -> None:
    """What it said is bytes by now."""
    response.data, response.renderer_context = None, {}
