"""Every error in the one shape of DESIGN §4.3, whoever raised it.

BridgeError            500 internal_error
├ AccessUnchecked      503 access_unchecked  (api.cache_versions)
├ BodyTooLong          413 body_too_long
├ CacheUnavailable     503 cache_unavailable  (api.outages)
├ CallerTooSlow        408 request_too_slow
├ CredentialsRefused   400 credentials_in_query  (api.credentials)
├ DatabaseBusy         503 database_busy  (api.outages)
├ DatabaseUnavailable  503 database_unavailable  (api.outages)
├ InvalidApiKey        401 invalid_api_key
├ InvalidRequest       400 invalid_request
├ KeyInUse             503 idempotency_key_in_use  (api.idempotency)
├ KeyOutcomeUnknown    422 idempotency_outcome_unknown  (api.idempotency)
├ KeyReused            422 idempotency_key_reused  (api.idempotency)
├ MissingScope         403 missing_scope
├ MissingToken         401 missing_token
├ NotFound             404 not_found
├ RequestRefused
├ StorageFull          503 storage_full  (api.outages)
├ TokenNotAccepted     403 token_not_accepted
├ TooManyAtOnce        429 too_many_at_once  (api.concurrency)
└ UnknownToken         401 unknown_token
"""

from __future__ import annotations

import http
import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from harvest_bridge import request_context
from harvest_bridge.errors import BridgeError

from .outages import outage_of
from .text_validation import UnreadableRequest

log = structlog.get_logger(__name__)


class MissingToken(BridgeError):
    status = 401
    code = "missing_token"


class UnknownToken(BridgeError):
    status = 401
    code = "unknown_token"


class InvalidApiKey(BridgeError):
    status = 401
    code = "invalid_api_key"


class TokenNotAccepted(BridgeError):
    status = 403
    code = "token_not_accepted"


class MissingScope(BridgeError):
    status = 403
    code = "missing_scope"


class InvalidRequest(BridgeError):
    """A field or parameter that we cannot take; the message names it and the remedy."""

    status = 400
    code = "invalid_request"


class BodyTooLong(BridgeError):
    status = 413
    code = "body_too_long"


class CallerTooSlow(BridgeError):
    status = 408
    code = "request_too_slow"


class NotFound(BridgeError):
    status = 404
    code = "not_found"


class RequestRefused(BridgeError):
    """What Django REST Framework refuses by itself, such as a wrong method; with its own status, words and code."""

    def __init__(self, error: exceptions.APIException) -> None:
        super().__init__(str(error.detail), retry_after=getattr(error, "wait", None))
        self.status, self.code = error.status_code, error.default_code  # type: ignore[misc]


def body_of(error: BridgeError) -> dict[str, Any]:
    """What goes on the wire for `error`."""
    return {
        "statusCode": error.status,
        "error": http.HTTPStatus(error.status).phrase,
        "message": error.message,
        "code": error.code,
        **error.extra,
    }


def headers_of(error: BridgeError) -> dict[str, str]:
    """`Retry-After` in whole seconds wherever waiting helps, and always on 429 and 503; the challenge on 401."""
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    if error.retry_after is not None or error.status in (429, 503):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after or 1)))
    return headers


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. A bug returns None, and Django answers it through `server_error`."""
    known = _as_bridge_error(error)
    if known is None:
        return None
    request_context.note_code(known.code)
    return Response(body_of(known), status=known.status, headers=headers_of(known))


def bridge_error_of(error: BridgeError | exceptions.ValidationError) -> BridgeError:
    """What the caller would be told, for answers in which single rows fail."""
    return _as_bridge_error(error) or BridgeError(str(error))


def json_error(error: BridgeError) -> JsonResponse:
    """The same for views outside DRF."""
    request_context.note_code(error.code)
    headers = {"Cache-Control": "no-store", **headers_of(error)}
    return JsonResponse(body_of(error), status=error.status, headers=headers)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if isinstance(exception, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 2**20
        return json_error(BodyTooLong(f"A JSON body may have {most:g} MB here; send less at once."))
    if isinstance(exception, UnreadableRequest):
        return json_error(InvalidRequest(str(exception)))
    return json_error(InvalidRequest("The request could not be read; check its path, headers and encoding."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return json_error(TokenNotAccepted("You may not do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return json_error(NotFound(f"There is nothing at {request.path}; see /docs/ for the routes."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's last resort, within its handling of the exception: an outage has a status and a code of its own."""
    outage = outage_of(sys.exc_info()[1])
    if outage is not None:
        return json_error(outage)
    return json_error(BridgeError("Something broke on our side; it has been logged. Try again, or tell the operator."))


def _as_bridge_error(error: Exception) -> BridgeError | None:
    match error:
        case BridgeError():
            return error
        case exceptions.ValidationError():
            problems = list(_problems(error.detail))
            return InvalidRequest("; ".join(f"{name}: {text}" for name, text in problems), fields=dict(problems))
        case Http404():
            return NotFound("No such record.")
        case PermissionDenied():
            return TokenNotAccepted("You may not do this.")
        case exceptions.APIException():
            return RequestRefused(error)
    return outage_of(error)


def _problems(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            if name == api_settings.NON_FIELD_ERRORS_KEY:
                yield from _problems(inner, path)
            else:
                yield from _problems(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        for index, inner in enumerate(detail):
            yield from _problems(inner, f"{path}[{index}]")
    else:
        yield path or "body", " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
