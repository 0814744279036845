"""The confirmation page between consent at Harvest and the connection: whose account, for whom, where."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from harvest_bridge.connections import linking
from harvest_bridge.connections.errors import LinkFailure, WrongBrowser
from harvest_bridge.connections.models import Authentication
from harvest_bridge.hosts.origins import origin_of

from . import link_flows
from .link_flows import LinkFlow
from .outcome_payloads import way_back
from .page_outcomes import invalid_link_token
from .rendering import LinkPage, link_page
from .window_outcomes import failed, host_url, linked
from .wording import rights_words, whom_facts


@csrf_protect
@require_http_methods(["GET", "POST"])
@link_page
def account(request: HttpRequest) -> LinkPage | HttpResponse:
    """GET, POST /connect-account/account: whose account is linked for whom, and which one; nothing is before the POST.

    After it the page shows what was connected, however often it is loaded again.
    """
    choice = (request.POST if request.method == "POST" else request.GET).get("choice", "")
    visit = link_flows.choosing(request, choice)
    if visit is None:
        return failed(None, WrongBrowser(_("There is no choice waiting in this browser. Connect once more.")))
    link_token = visit.link_token
    if link_token.connection is not None and link_token.connection.disconnected_at is None:
        return linked(visit, link_token.connection)
    if not visit.is_usable:
        return failed(visit, invalid_link_token())
    try:
        return _asked_or_linked(request, visit, choice)
    except LinkFailure as failure:
        return failed(visit, failure)


def _asked_or_linked(request: HttpRequest, visit: LinkFlow, choice: str) -> LinkPage | HttpResponse:
    """Errors: LinkFailure, also for a no."""
    link_token, method = visit.link_token, Authentication.OAUTH2
    if request.method == "GET":
        return _confirmation(visit, choice)
    if "cancel" in request.POST:
        raise linking.decline(link_token=link_token, grant_id=choice, method=method)
    account = request.POST.get("account", "")
    connection = linking.confirm(link_token=link_token, grant_id=choice, harvest_account_id=account, method=method)
    if host_url(visit, connection):
        return linked(visit, connection)
    return HttpResponseRedirect(confirmation_url(choice))  # so that loading it again asks nothing of anybody


def _confirmation(visit: LinkFlow, grant_id: str) -> LinkPage:
    link_token = visit.link_token
    choice = linking.awaited_confirmation(link_token=link_token, grant_id=grant_id, method=Authentication.OAUTH2)
    return LinkPage(
        template="account",
        host_app=link_token.host_app,
        context={
            "link": link_token,
            "choice": choice,
            "whom": whom_facts(link_token, choice),
            "rights": rights_words(link_token),
            "action": reverse("connect-account-account"),
            "again_url": visit.again_url,
            "is_bound_to_browser": True,
        },
        forms_lead_to=[origin_of(link_token.redirect_uri)] if way_back(link_token, {}) else [],
    )


def confirmation_url(grant_id: str) -> str:
    return f"{reverse('connect-account-account')}?{urlencode({'choice': grant_id})}"
