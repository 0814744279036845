"""The connect page that a host opens in a popup, an iframe or the same window, and its status endpoint."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from harvest_bridge.connections.authentication import connection_holder
from harvest_bridge.connections.errors import (
    InvalidIntegratedAccountToken,
    InvalidLinkToken,
    NothingToSetUp,
    UnknownIntegration,
)
from harvest_bridge.connections.models import Authentication, LinkToken, Status
from harvest_bridge.hosts.models import HostApp

from . import presented_tokens, token_form
from .link_request import INTEGRATION, LinkRequest
from .outcome_payloads import closed_payload, failure_payload, framers, success_payload, targets, way_back
from .page_outcomes import can_begin_here, ended, refused, refused_link
from .rendering import LinkPage, link_page
from .wording import rights_words, whom_facts


@require_GET
@link_page
def connect(request: HttpRequest) -> LinkPage | HttpResponse:
    """GET /connect-account?link_token=…: who asks, what is shared, one button."""
    asked = LinkRequest.by(request)
    link_token = asked.link_token
    if link_token is None or not can_begin_here(link_token):
        return ended(asked, link_token)
    if slug := asked.unknown_integration:
        failure = UnknownIntegration(_("This page was asked for an integration that does not exist here."))
        return refused_link(asked, link_token, failure, integration=slug[:64])
    if asked.methods == [Authentication.API_KEY]:
        return token_form.form(asked, link_token)
    return _invitation(asked, link_token)


@require_GET
@link_page
def post_connect(request: HttpRequest) -> LinkPage | HttpResponse:
    """GET /connect-account/post-connect?integrated_account_session_token=…: Truto's RapidForm. Harvest needs none."""
    asked = LinkRequest.by(request)
    host_app: HostApp | None = None
    try:
        connection = connection_holder(request.GET.get("integrated_account_session_token", "")).connection
    except InvalidIntegratedAccountToken:
        words = _("The token for this page is not valid or has expired.")
    else:
        host_app = connection.host_app
        words = _("There is nothing more to set up for Harvest.")
        if connection.status != Status.ACTIVE:
            words = _("The Harvest account is not active. Connect it again.")
    return refused(asked, host_app, NothingToSetUp(words))


@require_GET
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """GET /connect-account/status with the link token as Bearer: `waiting`, or the payload of truto-wire §2.3."""
    _scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    link_token = presented_tokens.by_text(text)
    if link_token is None:
        return JsonResponse(failure_payload(InvalidLinkToken("This link is not known.")), status=401)
    if link_token.connection is not None:
        return JsonResponse(success_payload(link_token.connection))
    if link_token.last_failure:
        told = {"result": "error", "integration": INTEGRATION, "is_truto": True}
        return JsonResponse(told | link_token.last_failure)
    return JsonResponse({"result": "waiting"})


def _invitation(asked: LinkRequest, link_token: LinkToken) -> LinkPage:
    host_app = link_token.host_app
    text = asked.values["link_token"]
    token_url = f"{reverse('connect-account-personal-token')}?{asked.query}"
    return LinkPage(
        template="connect",
        host_app=host_app,
        context={
            "asked": asked,
            "link": link_token,
            "whom": whom_facts(link_token),
            "rights": rights_words(link_token),
            "consent_url": f"{reverse('connect-account-authorize')}?{urlencode({'link_token': text})}",
            "token_url": token_url if Authentication.API_KEY in asked.methods else "",
            "linked_url": asked.linked_url,
            "back_url": way_back(link_token, closed_payload()) if asked.may_go_back else "",
            "page": {
                "targets": targets(asked, host_app),
                "linkToken": text,
                "back": way_back(link_token, {}),
            },
        },
        framed_by=framers(asked, host_app),
    )
