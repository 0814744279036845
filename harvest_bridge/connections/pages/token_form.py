"""Connecting with a personal access token: a form that works in a frame without cookies, bound to the link token.

Whoever can post it holds the link token, so it needs no CSRF cookie. The pasted token is never shown again.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from harvest_bridge.connections import linking
from harvest_bridge.connections.errors import LinkFailure
from harvest_bridge.connections.linking import AccountChoice
from harvest_bridge.connections.models import Authentication, Connection, LinkToken

from .asked import Asked
from .outcomes import closed_payload, framers, success_payload, targets, way_back
from .refusals import invalid_link_token, refused_link
from .shown import Shown, link_page
from .words import role_words


@csrf_exempt
@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
@link_page
def personal_token(request: HttpRequest) -> Shown | HttpResponse:
    """GET, POST /connect-account/personal-token: the form, then perhaps a choice of account, then done."""
    asked = Asked.by(request)
    link_token = asked.link_token
    if link_token is None or not link_token.is_usable_at(timezone.now()):
        return refused_link(asked, link_token, invalid_link_token())
    if request.method == "GET":
        return form(asked, link_token)
    try:
        outcome = _outcome(request, link_token)
    except LinkFailure as failure:
        return form(asked, link_token, failure)
    if isinstance(outcome, AccountChoice):
        return _choice(asked, link_token, outcome)
    return _connected(asked, link_token, outcome)


def form(asked: Asked, link_token: LinkToken, failure: LinkFailure | None = None) -> Shown:
    """The form; after a failure with the reason, and never with what was typed."""
    offers_consent = Authentication.OAUTH2 in asked.methods
    context: dict[str, object] = {
        "failure": failure,
        "developers_url": f"{settings.HARVEST_ID_URL}/developers",
        "consent_url": f"{reverse('connect-account')}?{asked.query}" if offers_consent else "",
    }
    return _shown("personal_token", asked, link_token, context, status=failure.status if failure else 200)


def _outcome(request: HttpRequest, link_token: LinkToken) -> Connection | AccountChoice:
    if "choice" in request.POST:
        return linking.choose_account(
            link_token=link_token,
            grant_id=request.POST["choice"],
            harvest_account_id=request.POST.get("account", ""),
            method=Authentication.API_KEY,
        )
    return linking.receive_personal_token(link_token=link_token, token=request.POST.get("token", "").strip())


def _choice(asked: Asked, link_token: LinkToken, choice: AccountChoice) -> Shown:
    context: dict[str, object] = {"choice": choice, "action": reverse("connect-account-personal-token")}
    return _shown("account", asked, link_token, context)


def _connected(asked: Asked, link_token: LinkToken, connection: Connection) -> Shown:
    payload = success_payload(connection)
    context: dict[str, object] = {
        "connection": connection,
        "role": role_words(connection),
        "back_url": way_back(link_token, payload),
    }
    return _shown("linked", asked, link_token, context, payload=payload, back=way_back(link_token, {}))


def _shown(
    template: str, asked: Asked, link_token: LinkToken, context: dict[str, object], *, status: int = 200, **page: object
) -> Shown:
    host_app = link_token.host_app
    leave = way_back(link_token, closed_payload()) if asked.may_go_back else ""
    return Shown(
        template=template,
        host_app=host_app,
        context={"asked": asked, "back_url": leave, "page": {"targets": targets(asked, host_app), **page}} | context,
        status=status,
        framed_by=framers(asked, host_app),
    )
