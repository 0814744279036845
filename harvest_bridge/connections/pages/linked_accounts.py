"""The customer's page of linked accounts: view and disconnect.

A link token opens what it could link; a spent one opens only the connection that it made. In the window that went to
Harvest the browser's memory names the link token, so there the POST is protected by a CSRF cookie; elsewhere the link
token in the form is the credential, and works in a frame without cookies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from harvest_bridge.connections import history, queries
from harvest_bridge.connections.errors import NoSuchConnection
from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.connections.services import disconnect

from . import link_flows
from .link_request import LinkRequest
from .outcome_payloads import framers, targets
from .page_outcomes import invalid_link_token, refused_link, started_elsewhere
from .rendering import LinkPage, link_page
from .window_outcomes import failed
from .wording import link_facts, rights_words

_PER_PAGE = 20


@dataclass(frozen=True)
class Opened:
    """A link token that may see the page; `fields` name it again in addresses and forms."""

    link_token: LinkToken
    fields: Mapping[str, str]
    asked: LinkRequest | None = None

    def url(self, **more: str) -> str:
        return f"{reverse('connect-account-linked')}?{urlencode({**self.fields, **more})}"

    def page(self, template: str, context: Mapping[str, object], *, status: int = 200) -> LinkPage:
        host_app = self.link_token.host_app
        ours: dict[str, object] = {"opened": self, "list_url": self.url()}
        if self.asked:
            ours |= {"asked": self.asked, "page": {"targets": targets(self.asked, host_app)}}
        framed_by = framers(self.asked, host_app) if self.asked else []
        return LinkPage(
            template=template, host_app=host_app, context={**ours, **context}, status=status, framed_by=framed_by
        )


@csrf_exempt
@require_http_methods(["GET", "POST"])
def linked_accounts(request: HttpRequest) -> HttpResponse:
    """GET /connect-account/linked?link_token=…: what is linked; with `connection` whether to end that one.

    POST with `connection` ends it. `again=` names a link of this browser's memory instead of the link token.
    """
    given = request.POST if request.method == "POST" else request.GET
    return (_by_link_token if "link_token" in given else _by_memory)(request)


@link_page
def _by_link_token(request: HttpRequest) -> LinkPage | HttpResponse:
    asked = LinkRequest.by(request)
    link_token = asked.link_token
    if link_token is None or not link_token.is_alive_at(timezone.now()):
        return refused_link(asked, link_token, invalid_link_token())
    if link_token.is_bound_to_a_browser:
        return refused_link(asked, link_token, started_elsewhere())
    return _answer(request, Opened(link_token, asked.values, asked))


@csrf_protect
@link_page
def _by_memory(request: HttpRequest) -> LinkPage | HttpResponse:
    named = (request.POST if request.method == "POST" else request.GET).get("again", "")
    link_token = link_flows.begun_at_any_time(request, named)
    if link_token is None or not link_token.is_alive_at(timezone.now()):
        return failed(None, invalid_link_token())
    return _answer(request, Opened(link_token, {"again": named}))


def _answer(request: HttpRequest, opened: Opened) -> LinkPage | HttpResponse:
    try:
        if request.method == "POST":
            _end(opened.link_token, request.POST.get("connection", ""))
            return HttpResponseRedirect(opened.url(ended="true"))
        if connection_id := request.GET.get("connection", ""):
            return _question(opened, queries.connection_seen_by(opened.link_token, connection_id))
    except NoSuchConnection as error:
        return _list(request, opened, is_unknown=True, status=error.status)
    return _list(request, opened, is_ended="ended" in request.GET)


def _end(link_token: LinkToken, connection_id: str) -> None:
    """Errors: NoSuchConnection."""
    connection = queries.connection_seen_by(link_token, connection_id)
    disconnect(connection=connection, actor=history.customer(link_token.user_id))


def _question(opened: Opened, connection: Connection) -> LinkPage:
    context = {"connection": connection, "facts": link_facts(connection), "action": reverse("connect-account-linked")}
    return opened.page("disconnect", context)


def _list(request: HttpRequest, opened: Opened, *, status: int = 200, **said: bool) -> LinkPage:
    page = Paginator(queries.connections_seen_by(opened.link_token), _PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "connection": connection,
            "facts": link_facts(connection),
            "rights": rights_words(connection),
            "end_url": opened.url(connection=str(connection.pk)),
        }
        for connection in page
    ]
    turns = {
        "newer_url": opened.url(page=str(page.number - 1)) if page.has_previous() else "",
        "older_url": opened.url(page=str(page.number + 1)) if page.has_next() else "",
    }
    return opened.page(
        "linked_accounts", {"rows": rows, **turns, **said, "connect_url": _connect_url(opened)}, status=status
    )


def _connect_url(opened: Opened) -> str:
    """Back to the connect page, where the link token still connects something there."""
    is_usable = opened.asked and opened.link_token.is_usable_at(timezone.now())
    return f"{reverse('connect-account')}?{urlencode(opened.fields)}" if is_usable else ""
