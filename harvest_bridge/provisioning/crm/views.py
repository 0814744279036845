"""POST /provisioning/inbox/{template}: the CRM's own webhook body, answered at once."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import ParseError

from harvest_bridge import request_context
from harvest_bridge.api.authentication import bearer_token, caller_for
from harvest_bridge.api.callers import HostBackEnd
from harvest_bridge.api.errors import InvalidRequest, body_of, headers_of
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.api.parsers import StrictJsonParser
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import Scope
from harvest_bridge.provisioning.models import Template

from . import inbox, signatures, templates


class NoSuchTemplate(BridgeError):
    """There is no active template of this id."""

    status = 404
    code = "no_such_template"


@method_decorator(csrf_exempt, name="dispatch")
class InboxView(View):
    """202 as soon as it is kept, also for what was kept before. Errors in the one shape of all errors."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, template_id: str) -> JsonResponse:
        request_context.note_route("provisioning/inbox/<str:template_id>")
        try:
            row = self._taken(request, template_id)
        except outages(BridgeError) as error:
            known = error if isinstance(error, BridgeError) else outage_of(error)
            if known is None:
                raise
            request_context.note_code(known.code)
            return JsonResponse(body_of(known), status=known.status, headers=headers_of(known))
        return JsonResponse({"id": str(row.pk), "status": row.status}, status=202)

    def _taken(self, request: HttpRequest, template_id: str) -> Any:
        template = _template(template_id)
        _check(request, template)
        try:
            body = StrictJsonParser().parse(BytesIO(request.body))
        except ParseError as error:
            raise InvalidRequest(f"body: {error.detail}.") from error
        if not isinstance(body, dict | list):
            raise InvalidRequest("body: must be a JSON object or a list.")
        return inbox.take(template, body, request.body)


def _template(template_id: str) -> Template:
    """Errors: NoSuchTemplate."""
    try:
        return Template.objects.select_related("connection", "host_app").get(pk=UUID(template_id), is_active=True)
    except (ValueError, Template.DoesNotExist) as error:
        raise NoSuchTemplate(f"template: there is no active template {template_id[:40]!r}.") from error


def _check(request: HttpRequest, template: Template) -> None:
    """An API key of the host app, or what the CRM signs or sends. Errors: InboxRefused; those of `caller_for`."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        signatures.check(request, templates.secret_of(template), now=timezone.now())
        return
    caller = caller_for(bearer_token(header))
    is_theirs = isinstance(caller, HostBackEnd) and caller.host_app.pk == template.host_app_id
    if not is_theirs or not caller.may(Scope.PROVISIONING):
        raise signatures.InboxRefused("Authorization: this key is not for the template's host app and scope.")
