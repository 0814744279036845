"""REST: /webhook…; the events by long polling are in `stream.py`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.description import DELETED
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.inputs import check_query, limit_from
from harvest_bridge.api.parsers import AnyTypeJsonParser
from harvest_bridge.api.views import CallerView
from harvest_bridge.hosts.models import Scope

from . import description, queries, replay, services
from .catalogue import is_known
from .models import Delivery, DeliveryStatus, Endpoint
from .serializers import (
    EndpointInput,
    ReplayInput,
    RotateInput,
    TestInput,
    serialize_attempt,
    serialize_delivery,
    serialize_endpoint,
)


class WebhooksView(CallerView[HostBackEnd]):
    """For the host's back end, with the scope for events, which tell of everything."""

    accepts = (HostBackEnd,)
    scope = Scope.WEBHOOKS
    tag = description.TAG
    parser_classes = (AnyTypeJsonParser,)

    def endpoint(self, endpoint_id: object) -> Endpoint:
        """One of the caller's own. Errors: NoSuchWebhook."""
        return queries.endpoint_of(self.caller.host_app, endpoint_id)

    def respond(self, endpoint: Endpoint, **besides: Any) -> Response:
        return Response(serialize_endpoint(endpoint, queries.queue_sizes([endpoint]).get(endpoint.pk)) | besides)


class WebhookListView(WebhooksView):
    """GET /webhook lists the host app's endpoints, newest first; POST creates one and shows its secret this once."""

    @extend_schema(operation_id="list_webhooks", parameters=description.PAGES, responses=description.WEBHOOKS)
    def get(self, request: Request) -> Response:
        check_query(request, known=("limit", "next_cursor"))
        limit, list_id = limit_from(request), f"webhook {self.caller.host_app.pk}"
        rows = queries.endpoints_of(self.caller.host_app)
        after = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
        if after:
            rows = rows.filter(Q(created_at__lt=after[0]) | Q(created_at=after[0], id__gt=after[1]))
        page = list(rows[: limit + 1])
        has_more, page = len(page) > limit, page[:limit]
        sizes = queries.queue_sizes(page)
        position = [page[-1].created_at.isoformat(), str(page[-1].pk)] if has_more else None
        cursor = encode_cursor(position, list_id=list_id) if position else None
        result = [serialize_endpoint(row, sizes.get(row.pk)) for row in page]
        return Response(list_envelope(result, limit=limit, next_cursor=cursor))

    @extend_schema(operation_id="create_webhook", request=EndpointInput, responses=description.NEW_WEBHOOK)
    def post(self, request: Request) -> Response:
        asked = EndpointInput.validated(request.data)
        is_active = asked.pop("is_active", True)
        endpoint, secret = services.create_endpoint(host_app=self.caller.host_app, **asked)
        if not is_active:
            endpoint = services.change_endpoint(endpoint=endpoint, is_active=False)
        return self.respond(endpoint, secret=secret)


class WebhookView(WebhooksView):
    """GET, PATCH and DELETE /webhook/{id}; `is_active` pauses and resumes, and either way the queue is kept."""

    @extend_schema(operation_id="get_webhook", responses=description.WEBHOOK)
    def get(self, request: Request, webhook_id: str) -> Response:
        return self.respond(self.endpoint(webhook_id))

    @extend_schema(operation_id="update_webhook", request=EndpointInput, responses=description.WEBHOOK)
    def patch(self, request: Request, webhook_id: str) -> Response:
        changes = EndpointInput.validated(request.data)
        return self.respond(services.change_endpoint(endpoint=self.endpoint(webhook_id), **changes))

    @extend_schema(operation_id="delete_webhook", responses={200: DELETED})
    def delete(self, request: Request, webhook_id: str) -> Response:
        endpoint = self.endpoint(webhook_id)
        services.delete_endpoint(endpoint=endpoint)
        return Response({"id": str(endpoint.pk)})


class WebhookTestView(WebhooksView):
    """POST /webhook/test sends a `test` event to the endpoint `id`."""

    @extend_schema(operation_id="test_webhook", request=TestInput, responses=description.TESTED)
    def post(self, request: Request) -> Response:
        endpoint = self.endpoint(TestInput.validated(request.data)["id"])
        event = services.send_test(endpoint=endpoint)
        return Response({"success": True, "event_id": str(event.uid)})


class WebhookSecretView(WebhooksView):
    """POST /webhook/{id}/rotate-secret: a new secret, shown this once; for `overlap_seconds` both sign."""

    @extend_schema(operation_id="rotate_webhook_secret", request=RotateInput, responses=description.NEW_WEBHOOK)
    def post(self, request: Request, webhook_id: str) -> Response:
        overlap = timedelta(seconds=RotateInput.validated(request.data)["overlap_seconds"])
        endpoint, secret = services.rotate(endpoint=self.endpoint(webhook_id), overlap=overlap)
        return self.respond(endpoint, secret=secret)


class WebhookReplayView(WebhooksView):
    """POST /webhook/{id}/replay sends again, under the same ids: one event, a range of time, or all since a success."""

    @extend_schema(operation_id="replay_webhook", request=ReplayInput, responses=description.REPLAYED)
    def post(self, request: Request, webhook_id: str) -> Response:
        endpoint, asked = self.endpoint(webhook_id), ReplayInput.validated(request.data)
        return Response({"queued": _replayed(endpoint, asked, timezone.now())})


class DeliveryListView(WebhooksView):
    """GET /webhook/{id}/deliveries: what was sent, waits or was given up, in the order of events."""

    @extend_schema(
        operation_id="list_webhook_deliveries",
        parameters=description.DELIVERY_FILTERS,
        responses=description.DELIVERIES,
    )
    def get(self, request: Request, webhook_id: str) -> Response:
        check_query(request, known=("status", "event_type", "limit", "next_cursor"))
        endpoint, limit = self.endpoint(webhook_id), limit_from(request)
        wanted = {name: request.query_params.get(name, "") for name in ("status", "event_type")}
        list_id = f"deliveries {endpoint.pk} {sorted(wanted.items())}"
        rows = _narrowed(queries.deliveries_of(endpoint), **wanted)
        after = decode_cursor(request.query_params.get("next_cursor", ""), list_id=list_id)
        page = list(rows.filter(sequence__gt=after or 0)[: limit + 1])
        has_more, page = len(page) > limit, page[:limit]
        cursor = encode_cursor(page[-1].sequence, list_id=list_id) if has_more else None
        return Response(list_envelope([serialize_delivery(row) for row in page], limit=limit, next_cursor=cursor))


class DeliveryView(WebhooksView):
    """GET /webhook/{id}/deliveries/{event_id}: one event with every attempt, the newest first."""

    @extend_schema(operation_id="get_webhook_delivery", responses=description.DELIVERY)
    def get(self, request: Request, webhook_id: str, event_id: str) -> Response:
        delivery = queries.delivery_of(self.endpoint(webhook_id), event_id)
        return Response(
            {**serialize_delivery(delivery), "attempts": [serialize_attempt(a) for a in delivery.attempts.all()]}
        )


def _narrowed(rows: QuerySet[Delivery], *, status: str, event_type: str) -> QuerySet[Delivery]:
    if status and status not in DeliveryStatus.values:
        raise InvalidRequest(f"status: must be one of {', '.join(DeliveryStatus.values)}.")
    if event_type and not is_known(event_type):
        raise InvalidRequest(f"event_type: there is no event type {event_type[:80]!r}.")
    rows = rows.filter(status=status) if status else rows
    return rows.filter(event__type=event_type) if event_type else rows


def _replayed(endpoint: Endpoint, asked: dict[str, Any], now: datetime) -> int:
    if asked["since_last_success"]:
        return replay.replay_since_last_success(endpoint=endpoint, now=now)
    if "event_id" in asked:
        return replay.replay_one(endpoint=endpoint, event_id=asked["event_id"], now=now)
    return replay.replay_range(endpoint=endpoint, since=asked.get("from"), until=asked.get("to"), now=now)
