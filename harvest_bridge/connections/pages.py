"""The connect pages: what a person sees on the way to Harvest and back.

The page that a host opens (`/connect-account`) may sit in an iframe or popup of the host, so it keeps no cookie and
trusts only the link token. Consent happens in a top-level window (`/connect-account/authorize`), whose session cookie
binds the state; that window may lose its opener to Harvest's headers, so the first page learns the outcome by asking
(`/connect-account/status`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from harvest_bridge.hosts.queries import origins_of

from . import linking, queries
from .errors import ConsentDenied, HarvestRefusedLink, InvalidLinkToken, LinkFailure, WrongBrowser
from .models import Connection, LinkToken
from .oauth.provider import link_token_of_callback, redirect_to_consent

_SESSION_KEY = "link_token_being_decided"
_RETRY_KEY = "link_token_to_retry"
Page = Callable[..., HttpResponse]


def link_page(page: Page) -> Page:
    """Headers every page of the flow needs: an opener that survives, frames only for the host's origins, no caching."""

    @wraps(page)
    @never_cache
    @xframe_options_exempt
    def with_headers(request: HttpRequest, *args: Any) -> HttpResponse:
        response = page(request, *args)
        response["Cross-Origin-Opener-Policy"] = "unsafe-none"
        ancestors = " ".join(getattr(response, "frame_origins", [])) or "'none'"
        # Browsers hold form-action against the redirect after a form too.
        forms = " ".join(["'self'", *getattr(response, "form_origins", [])])
        response["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; "
            f"base-uri 'none'; form-action {forms}; frame-ancestors {ancestors}"
        )
        return response

    return with_headers


@link_page
@require_GET
def connect(request: HttpRequest) -> HttpResponse:
    """GET /connect-account?link_token=…: who asks, what is shared, one button."""
    link_token = queries.link_token_for(request.GET.get("link_token", ""))
    if link_token is None:
        return _failed(
            request, None, InvalidLinkToken("This link was used already, has expired, or was not copied whole.")
        )
    response = render(
        request,
        "connections/connect.html",
        {
            "host_app": link_token.host_app,
            "link_token": request.GET["link_token"],
            "relinks": link_token.relinks,
            "page": {"targets": origins_of(link_token.host_app), "linkToken": request.GET["link_token"]},
        },
    )
    response.frame_origins = origins_of(link_token.host_app)  # type: ignore[attr-defined]
    return response


@link_page
@require_GET
def authorize(request: HttpRequest) -> HttpResponse:
    """GET /connect-account/authorize?link_token=…: to Harvest's consent, with the state bound to this browser.

    Without a token it repeats the try that failed last in this browser.
    """
    named = queries.link_token_for(request.GET.get("link_token", ""))
    link_token = named or _usable(request.session.get(_RETRY_KEY))
    if link_token is None:
        return _failed(
            request, None, InvalidLinkToken("This link was used already, has expired, or was not copied whole.")
        )
    return redirect_to_consent(request, link_token_id=link_token.pk)


@link_page
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """GET /connect-account/callback: back from consent. The state is spent before anything else happens."""
    link_token_id = link_token_of_callback(request)
    if link_token_id is None:
        return _failed(
            request, None, WrongBrowser("This answer from Harvest was not asked for by this browser, or came too late.")
        )
    link_token = _usable(link_token_id)
    if link_token is None:
        return _failed(request, None, InvalidLinkToken("This link was used already or has expired."))
    try:
        outcome = linking.receive_code(link_token=link_token, code=_code(request))
    except LinkFailure as failure:
        return _failed(request, link_token, failure)
    if isinstance(outcome, Connection):
        return _linked(request, link_token, outcome)
    request.session[_SESSION_KEY] = str(link_token.pk)
    return HttpResponseRedirect("/connect-account/account")


@link_page
@csrf_protect
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """GET, POST /connect-account/account: which of the granted accounts."""
    link_token = _usable(request.session.get(_SESSION_KEY))
    if link_token is None:
        return _failed(request, None, WrongBrowser("There is no choice waiting in this browser; connect once more."))
    try:
        if request.method == "GET":
            choices = linking.pending_grant(link_token).accounts
            response = render(
                request, "connections/account.html", {"host_app": link_token.host_app, "accounts": choices}
            )
            response.form_origins = [_origin(link_token.redirect_uri)] if link_token.redirect_uri else []  # type: ignore[attr-defined]
            return response
        chosen = request.POST.get("account", "")
        connection = linking.choose_account(
            link_token=link_token, harvest_account_id=int(chosen) if chosen.isascii() and chosen.isdigit() else 0
        )
    except LinkFailure as failure:
        return _failed(request, link_token, failure)
    del request.session[_SESSION_KEY]
    return _linked(request, link_token, connection)


@never_cache
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """GET /connect-account/status with the link token as Bearer: `waiting`, or the payload of truto-wire §2.3."""
    _, _, text = request.headers.get("Authorization", "").partition(" ")
    link_token = queries.link_token_of_any_age(text)
    if link_token is None:
        return JsonResponse(failure_payload(InvalidLinkToken("This link is not known.")), status=401)
    if link_token.connection is not None:
        return JsonResponse(success_payload(link_token.connection))
    if link_token.last_failure:
        return JsonResponse({"result": "error", "integration": "harvest", "is_truto": True, **link_token.last_failure})
    return JsonResponse({"result": "waiting"})


def success_payload(connection: Connection) -> dict[str, Any]:
    return {
        "result": "success",
        "integration": "harvest",
        "integrated_account_id": str(connection.pk),
        "is_truto": True,
    }


def failure_payload(failure: LinkFailure) -> dict[str, Any]:
    return {
        "result": "error",
        "integration": "harvest",
        "error": failure.message,
        "error_type": failure.error_type,
        "code": failure.code,
        "is_truto": True,
    }


def _usable(link_token_id: UUID | str | None) -> LinkToken | None:
    return queries.usable_link_token(link_token_id) if link_token_id else None


def _code(request: HttpRequest) -> str:
    """Errors: ConsentDenied, HarvestRefusedLink."""
    if request.GET.get("error") == "access_denied":
        raise ConsentDenied("You did not allow access, so nothing was connected. You can try again whenever you like.")
    code = request.GET.get("code", "")
    if not code:
        raise HarvestRefusedLink("Harvest sent no permission back. Try again, or choose another account.")
    return code


def _linked(request: HttpRequest, link_token: LinkToken, connection: Connection) -> HttpResponse:
    if link_token.redirect_uri:
        return HttpResponseRedirect(_with_query(link_token.redirect_uri, success_payload(connection)))
    return render(request, "connections/linked.html", {"host_app": link_token.host_app, "connection": connection})


def _failed(request: HttpRequest, link_token: LinkToken | None, failure: LinkFailure) -> HttpResponse:
    """Plain words and a way on. A waiting connect page hears of it through the link token."""
    if link_token is not None:
        linking.note_failure(link_token=link_token, failure=failure)
        request.session[_RETRY_KEY] = str(link_token.pk)
        if link_token.redirect_uri and not isinstance(failure, WrongBrowser):
            return HttpResponseRedirect(_with_query(link_token.redirect_uri, failure_payload(failure)))
    context = {
        "failure": failure,
        "host_app": link_token.host_app if link_token else None,
        "page": failure_payload(failure),
    }
    return render(request, "connections/failed.html", context, status=failure.status)


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _with_query(uri: str, payload: dict[str, Any]) -> str:
    """Our payload in the query of a redirect that was allow-listed when the link token was made."""
    parts = urlsplit(uri)
    shown = {key: value for key, value in payload.items() if key not in ("is_truto", "code")}
    query = "&".join(filter(None, [parts.query, urlencode(shown)]))
    return urlunsplit(parts._replace(query=query))
