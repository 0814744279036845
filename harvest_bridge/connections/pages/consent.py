"""The top-level window: redirect to Harvest's consent page, and the callback in the same browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from harvest_bridge.connections import linking
from harvest_bridge.connections.errors import ConsentDenied, HarvestRefusedLink, LinkFailure, WrongBrowser
from harvest_bridge.connections.oauth.provider import Begun, consent_of_callback, redirect_to_consent
from harvest_bridge.crypto.tokens import token_hash
from harvest_bridge.hosts.origins import origin_of

from . import link_flows
from .confirmation import confirmation_url
from .link_flows import LinkFlow
from .page_outcomes import invalid_link_token, started_elsewhere
from .presented_tokens import by_id, by_text, usable
from .rendering import LinkPage, link_page
from .window_outcomes import failed


@csrf_protect
@require_http_methods(["GET", "POST"])
@link_page
def authorize(request: HttpRequest) -> LinkPage | HttpResponse:
    """GET /connect-account/authorize?link_token=…: to Harvest's consent.

    `again=` names a try that was begun in this browser instead. `second_window=true` says that a connect page waits.
    A link that was begun in a browser goes on in that one alone: the page asks the frame that opened it for the proof,
    and POSTs that.
    """
    text = request.GET.get("link_token", "")
    link_token = usable(by_text(text)) or link_flows.begun(request, request.GET.get("again", ""))
    if link_token is None:
        return failed(None, invalid_link_token())
    is_proven = link_flows.has_begun(request, link_token)
    if request.method == "POST" and not is_proven:
        is_proven = constant_time_compare(token_hash(request.POST.get("proof", "")), link_token.browser_hash)
        if not is_proven:
            return failed(None, started_elsewhere())
    if not is_proven:
        return LinkPage(template="begin", host_app=link_token.host_app, forms_lead_to=to_harvest_forms())
    return begin(request, LinkFlow(link_token, is_second_window=request.GET.get("second_window") == "true"))


def to_harvest_forms() -> list[str]:
    """Where a form may end that leads to Harvest's consent; whatever else its sign-in passes through is https."""
    return [origin_of(settings.HARVEST_ID_URL), "https:"]


def begin(request: HttpRequest, visit: LinkFlow) -> HttpResponse:
    """To Harvest's consent in this browser, which is remembered as the one that began."""
    link_flows.remember(request, visit)
    return redirect_to_consent(request, Begun(visit.link_token.pk, visit.is_second_window))


@require_GET
@link_page
def callback(request: HttpRequest) -> LinkPage | HttpResponse:
    """GET /connect-account/callback: back from consent. The state is spent before anything else happens."""
    begun = consent_of_callback(request)
    if begun is None:
        words = _(
            "This browser did not ask Harvest for this answer, used it before, or waited longer than ten minutes."
        )
        return failed(None, WrongBrowser(words))
    link_token = usable(by_id(begun.link_token_id))
    if link_token is None:
        return failed(None, invalid_link_token())
    visit = LinkFlow(link_token, begun.is_second_window)
    if not link_flows.has_begun(request, link_token):
        return failed(None, started_elsewhere())
    try:
        asked = linking.receive_code(link_token=link_token, code=_code(request))
    except LinkFailure as failure:
        return failed(visit, failure)
    link_flows.await_choice(request, visit, asked.grant_id)
    return HttpResponseRedirect(confirmation_url(asked.grant_id))


def _code(request: HttpRequest) -> str:
    """Errors: ConsentDenied, HarvestRefusedLink."""
    if request.GET.get("error") == "access_denied":
        raise ConsentDenied(_("You did not allow access, so nothing was connected."))
    code = request.GET.get("code", "")
    if not code:
        raise HarvestRefusedLink(_("Harvest sent no permission back. Try again, or choose another account."))
    return code
