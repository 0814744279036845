"""The top-level window: to Harvest's consent and back, with the state bound to this browser's session."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from harvest_bridge.connections import linking, pending, queries
from harvest_bridge.connections.errors import ConsentDenied, HarvestRefusedLink, LinkFailure, WrongBrowser
from harvest_bridge.connections.models import Authentication, Connection
from harvest_bridge.connections.oauth.provider import Begun, consent_of_callback, redirect_to_consent

from . import visits
from .outcomes import failure_payload, success_payload, way_back
from .refusals import invalid_link_token
from .shown import Shown, link_page, origin_of
from .visits import Visit
from .words import role_words


@require_GET
@link_page
def authorize(request: HttpRequest) -> Shown | HttpResponse:
    """GET /connect-account/authorize?link_token=…: to Harvest's consent.

    `again=` names a try that was begun in this browser instead. `second_window=true` says that a connect page waits.
    """
    link_token = queries.link_token_for(request.GET.get("link_token", "")) or visits.begun(
        request, request.GET.get("again", "")
    )
    if link_token is None:
        return _failed(None, invalid_link_token())
    visit = Visit(link_token, is_second_window=request.GET.get("second_window") == "true")
    visits.remember(request, visit)
    return redirect_to_consent(request, Begun(link_token.pk, visit.is_second_window))


@require_GET
@link_page
def callback(request: HttpRequest) -> Shown | HttpResponse:
    """GET /connect-account/callback: back from consent. The state is spent before anything else happens."""
    begun = consent_of_callback(request)
    if begun is None:
        words = _(
            "This browser did not ask Harvest for this answer, used it before, or waited longer than ten minutes."
        )
        return _failed(None, WrongBrowser(words))
    link_token = queries.usable_link_token(begun.link_token_id)
    if link_token is None:
        return _failed(None, invalid_link_token())
    visit = Visit(link_token, begun.is_second_window)
    try:
        outcome = linking.receive_code(link_token=link_token, code=_code(request))
    except LinkFailure as failure:
        return _failed(visit, failure)
    if isinstance(outcome, Connection):
        return _linked(visit, outcome)
    visits.await_choice(request, visit, outcome.grant_id)
    return HttpResponseRedirect(f"{reverse('connect-account-account')}?{urlencode({'choice': outcome.grant_id})}")


@csrf_protect
@require_http_methods(["GET", "POST"])
@link_page
def account(request: HttpRequest) -> Shown | HttpResponse:
    """GET, POST /connect-account/account: which of the granted accounts."""
    choice = (request.POST if request.method == "POST" else request.GET).get("choice", "")
    visit = visits.choosing(request, choice)
    if visit is None:
        return _failed(None, WrongBrowser(_("There is no choice waiting in this browser. Connect once more.")))
    try:
        if request.method == "GET":
            return _choice(visit, choice)
        connection = linking.choose_account(
            link_token=visit.link_token,
            grant_id=choice,
            harvest_account_id=request.POST.get("account", ""),
            method=Authentication.OAUTH2,
        )
    except LinkFailure as failure:
        return _failed(visit, failure)
    return _linked(visit, connection)


def _code(request: HttpRequest) -> str:
    """Errors: ConsentDenied, HarvestRefusedLink."""
    if request.GET.get("error") == "access_denied":
        raise ConsentDenied(_("You did not allow access, so nothing was connected."))
    code = request.GET.get("code", "")
    if not code:
        raise HarvestRefusedLink(_("Harvest sent no permission back. Try again, or choose another account."))
    return code


def _choice(visit: Visit, grant_id: str) -> Shown:
    link_token = visit.link_token
    waiting = pending.kept_for(link_token, grant_id, method=Authentication.OAUTH2)
    return Shown(
        template="account",
        host_app=link_token.host_app,
        context={
            "choice": linking.AccountChoice(grant_id, waiting.accounts),
            "action": reverse("connect-account-account"),
            "again_url": visit.again_url,
            "is_bound_to_session": True,
        },
        forms_lead_to=[origin_of(link_token.redirect_uri)] if way_back(link_token, {}) else [],
    )


def _linked(visit: Visit, connection: Connection) -> Shown | HttpResponse:
    back_url = "" if visit.is_second_window else way_back(visit.link_token, success_payload(connection))
    if back_url:
        return HttpResponseRedirect(back_url)
    role = role_words(connection)
    context = {"connection": connection, "role": role, "closes_itself": visit.is_second_window and not role.notice}
    return Shown(template="linked", host_app=visit.link_token.host_app, context=context)


def _failed(visit: Visit | None, failure: LinkFailure) -> Shown | HttpResponse:
    """Plain words and a way on. A waiting connect page hears of it through the link token.

    A no is the person's own decision, so it leads straight back to the host; what another try may mend is said here.
    """
    if visit is None:
        return Shown(template="failed", host_app=None, context={"failure": failure}, status=failure.status)
    linking.note_failure(link_token=visit.link_token, failure=failure)
    is_decided = isinstance(failure, ConsentDenied)
    back_url = "" if visit.is_second_window else way_back(visit.link_token, failure_payload(failure))
    if back_url and is_decided:
        return HttpResponseRedirect(back_url)
    context = {
        "failure": failure,
        "again_url": visit.again_url,
        "back_url": back_url,
        "closes_itself": visit.is_second_window and is_decided,
    }
    return Shown(template="failed", host_app=visit.link_token.host_app, context=context, status=failure.status)
