"""REST: /invoices/inboxes/{provider}, which a host sets up; /invoices/inbox/{provider}, where the provider posts."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.description import DELETED, ref
from harvest_bridge.api.inputs import StrictInput, check_query, refuse_unknown
from harvest_bridge.api.parsers import AnyTypeJsonParser
from harvest_bridge.api.views import CallerView
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.invoices.base import TAG, InvoicesView
from harvest_bridge.invoices.description import whole
from harvest_bridge.invoices.models import PaymentInbox
from harvest_bridge.unified.overrides.compilation import NotCompiled, fields_read
from harvest_bridge.unified.overrides.failures import Owner

from . import services, signatures
from .errors import InboxBodyInvalid, InboxMappingFailed, InboxUnknown

Json = dict[str, Any]
_PROVIDERS = list(PaymentInbox.Provider.values)
_MOST_BYTES = 1024 * 1024
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
SCHEMAS: Json = {
    "PaymentInbox": whole(
        {
            "id": {**_TEXT, "format": "uuid"},
            "provider": {**_TEXT, "enum": _PROVIDERS},
            "url": {**_TEXT, "description": "What to enter at the provider."},
            "expression": {**_TEXT, "description": "JSONata; empty: the ready one."},
            "certificate_count": {"type": "integer", "minimum": 0},
            "created_at": {**_TEXT, "format": "date-time"},
        }
    ),
    "PaymentInboxAnswer": whole(
        {
            "result": {
                "type": "array",
                "items": whole({"external_id": _TEXT, "did": _TEXT, "code": _MAYBE, "message": _MAYBE}),
            }
        }
    ),
}
_PROVIDER = OpenApiParameter("provider", {"type": "string", "enum": _PROVIDERS}, OpenApiParameter.PATH)


class PaymentInboxInput(StrictInput):
    """`secret` is the endpoint's signing secret; of PayPal the webhook's id, beside its `certificates` in PEM."""

    secret = serializers.CharField(max_length=500)
    certificates = serializers.CharField(max_length=50_000, required=False, allow_blank=True, default="")
    expression = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")

    def validate_certificates(self, value: str) -> str:
        try:
            return value if not value or signatures.certificates_in(value) else ""
        except ValueError as error:
            raise serializers.ValidationError("must be certificates in PEM, with RSA keys.") from error


class InboxSettingsView(InvoicesView):
    """GET, PUT, DELETE: where a provider posts for the account, and what its bodies are checked and read with."""

    def inbox(self, provider: str) -> PaymentInbox:
        """Errors: InboxUnknown."""
        found = PaymentInbox.objects.filter(connection=self.connection, provider=provider).first()
        if found is None:
            raise InboxUnknown(f"This account has no inbox of {provider[:40]!r}; PUT makes one.")
        return found

    @extend_schema(operation_id="get_payment_inbox", parameters=[_PROVIDER], responses={200: ref("PaymentInbox")})
    def get(self, request: Request, provider: str) -> Response:
        check_query(request, known=())
        return Response(_shown(self.inbox(provider)))

    @extend_schema(
        operation_id="set_payment_inbox",
        parameters=[_PROVIDER],
        request=PaymentInboxInput,
        responses={200: ref("PaymentInbox")},
    )
    def put(self, request: Request, provider: str) -> Response:
        check_query(request, known=())
        if provider not in _PROVIDERS:
            raise InboxUnknown(f"provider: must be one of {', '.join(_PROVIDERS)}, not {provider[:40]!r}.")
        asked = PaymentInboxInput.validated(request.data)
        self._check(provider, asked)
        found = PaymentInbox.objects.filter(connection=self.connection, provider=provider).first()
        row = found or PaymentInbox(connection=self.connection, provider=provider)
        row.sealed_secret = key_ring().seal(asked["secret"], bound_to=row.binding)
        row.certificates, row.expression = asked["certificates"], asked["expression"]
        row.save()
        return Response(_shown(row))

    @extend_schema(operation_id="remove_payment_inbox", parameters=[_PROVIDER], responses={200: DELETED})
    def delete(self, request: Request, provider: str) -> Response:
        check_query(request, known=())
        row = self.inbox(provider)
        row_id = str(row.pk)
        row.delete()
        return Response({"id": row_id})

    def _check(self, provider: str, asked: Json) -> None:
        """Errors: ValidationError; InboxMappingFailed for an expression that is no JSONata."""
        if provider == PaymentInbox.Provider.PAYPAL and not asked["certificates"]:
            raise serializers.ValidationError({"certificates": ["PayPal's are needed: nothing is fetched from it."]})
        if not asked["expression"]:
            return
        try:
            fields_read(Owner(str(self.connection.host_app_id), str(self.connection.pk)), asked["expression"])
        except NotCompiled as error:
            raise InboxMappingFailed(error.failure.message, field="expression") from error


class InboxView(CallerView[Any]):
    """POST: a provider's own webhook body. Its signature is what lets it in, and no token of ours."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (AnyTypeJsonParser,)
    tag = TAG
    parameters = (
        OpenApiParameter("inbox", {"type": "string", "format": "uuid"}, required=True, description="As in its `url`."),
    )

    @extend_schema(
        operation_id="post_to_payment_inbox",
        parameters=[_PROVIDER],
        request={"application/json": {"type": "object", "additionalProperties": True}},
        responses={200: ref("PaymentInboxAnswer")},
    )
    def post(self, request: Request, provider: str) -> Response:
        refuse_unknown(request.query_params, known={"inbox"})
        inbox, raw, now = _named(request, provider), request._request.body, timezone.now()
        if len(raw) > _MOST_BYTES:
            raise InboxBodyInvalid("may have 1 MB.", field="body")
        signatures.check(provider, request.headers, raw, services.keys_of(inbox), now=now)
        body = _decoded(raw)
        fresh = signatures.without_old(provider, body, now=now)
        return Response({"result": services.take(inbox, fresh, now=now)})


def _named(request: Request, provider: str) -> PaymentInbox:
    """Errors: InboxUnknown."""
    try:
        wanted = uuid.UUID(request.query_params.get("inbox", ""))
    except ValueError:
        wanted = uuid.UUID(int=0)
    rows = PaymentInbox.objects.select_related("connection__host_app")
    found = rows.filter(pk=wanted, provider=provider, connection__disconnected_at=None).first()
    if found is None:
        raise InboxUnknown("inbox: there is no such inbox of this provider; take the address that PUT answered.")
    return found


def _decoded(raw: bytes) -> Json:
    """Errors: InboxBodyInvalid."""
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InboxBodyInvalid("must be JSON.", field="body") from error
    if not isinstance(found, dict):
        raise InboxBodyInvalid("must be a JSON object.", field="body")
    return found


def _shown(row: PaymentInbox) -> Json:
    return {
        "id": str(row.pk),
        "provider": row.provider,
        "url": f"{settings.PUBLIC_URL}/invoices/inbox/{row.provider}?inbox={row.pk}",
        "expression": row.expression,
        "certificate_count": row.certificates.count("BEGIN CERTIFICATE"),
        "created_at": row.created_at,
    }
