"""The form for linking with a personal access token; works in a frame without cookies, bound to the link token.

Whoever can post it holds the link token, so it needs no CSRF cookie. The pasted token is never shown again.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from harvest_bridge.connections import linking
from harvest_bridge.connections.errors import LinkFailure
from harvest_bridge.connections.linking import Confirmation
from harvest_bridge.connections.models import Authentication, LinkToken

from .link_request import LinkRequest
from .outcome_payloads import closed_payload, framers, success_payload, targets, way_back
from .page_outcomes import can_begin_here, connected, ended
from .rendering import LinkPage, link_page
from .wording import rights_words, whom_facts


@csrf_exempt
@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
@link_page
def personal_token(request: HttpRequest) -> LinkPage | HttpResponse:
    """GET, POST /connect-account/personal-token: the form, then whose account is linked for whom, then done."""
    asked = LinkRequest.by(request)
    link_token = asked.link_token
    if link_token is None or not can_begin_here(link_token):
        return ended(asked, link_token)
    if request.method == "GET":
        return form(asked, link_token)
    try:
        return _posted(request, asked, link_token)
    except LinkFailure as failure:
        return form(asked, link_token, failure)


def form(asked: LinkRequest, link_token: LinkToken, failure: LinkFailure | None = None) -> LinkPage:
    """The form; after a failure with the reason, and never with what was typed."""
    offers_consent = Authentication.OAUTH2 in asked.methods
    context: dict[str, object] = {
        "failure": failure,
        "developers_url": f"{settings.HARVEST_ID_URL}/developers",
        "consent_url": f"{reverse('connect-account')}?{asked.query}" if offers_consent else "",
    }
    return _shown("personal_token", asked, link_token, context, status=failure.status if failure else 200)


def _posted(request: HttpRequest, asked: LinkRequest, link_token: LinkToken) -> LinkPage:
    """Errors: LinkFailure, also for a no."""
    if "choice" not in request.POST:
        token = request.POST.get("token", "").strip()
        return _confirmation(asked, link_token, linking.receive_personal_token(link_token=link_token, token=token))
    choice, method = request.POST["choice"], Authentication.API_KEY
    if "cancel" in request.POST:
        raise linking.decline(link_token=link_token, grant_id=choice, method=method)
    account = request.POST.get("account", "")
    connection = linking.confirm(link_token=link_token, grant_id=choice, harvest_account_id=account, method=method)
    told = success_payload(connection)
    return connected(asked, link_token, connection, told=told, return_to=way_back(link_token, {}))


def _confirmation(asked: LinkRequest, link_token: LinkToken, choice: Confirmation) -> LinkPage:
    context: dict[str, object] = {
        "choice": choice,
        "whom": whom_facts(link_token, choice),
        "action": reverse("connect-account-personal-token"),
    }
    return _shown("account", asked, link_token, context)


def _shown(
    template: str, asked: LinkRequest, link_token: LinkToken, context: dict[str, object], *, status: int = 200
) -> LinkPage:
    host_app = link_token.host_app
    leave = way_back(link_token, closed_payload()) if asked.may_go_back else ""
    return LinkPage(
        template=template,
        host_app=host_app,
        context={
            "asked": asked,
            "link": link_token,
            "whom": whom_facts(link_token),
            "rights": rights_words(link_token),
            "back_url": leave,
            "page": {"targets": targets(asked, host_app)},
        }
        | context,
        status=status,
        framed_by=framers(asked, host_app),
    )
