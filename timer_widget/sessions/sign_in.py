"""The sign-in window for pages without a back end (D4); it hands a code to its opener.

It names the page's origin and waits for a click; the code goes by `postMessage` to our own origin alone, so only a
frame of ours that opened it can hear it, and is good for that origin alone.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.pages.consent import begin, to_harvest_forms
from harvest_bridge.connections.pages.link_flows import LinkFlow
from harvest_bridge.connections.pages.rendering import LinkPage, link_page
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import HostApp

from . import guests, rate_limits
from .exchange import normal_or_refused

_GUESTS, _RETURNING = "timer_guests", "timer_sign_in_returns_to"
_PAGE = "timer_widget/sign_in"
_MOST_GUESTS = 5  # in one cookie


@csrf_protect
@require_http_methods(["GET", "POST"])
@link_page
def page(request: HttpRequest) -> LinkPage | HttpResponse:
    """GET, POST /platform/sign-in?origin=…: who asks; after a yes, or back from Harvest, the code."""
    try:
        origin, host_app = _asked(request)
    except BridgeError as error:
        return _shown(None, "", step="refused", reason=error.message, status=error.status)
    connection = guests.connection_of(host_app, _known_guest(request, host_app))
    is_back = request.session.pop(_RETURNING, "") == origin and request.GET.get("result") == "success"
    if connection and (request.method == "POST" or is_back):
        code = guests.issue_code(host_app=host_app, connection=connection, origin=origin)
        return _shown(host_app, origin, step="done", code=code)
    if request.GET.get("result") == "error":
        return _shown(host_app, origin, step="denied")
    return _shown(host_app, origin, step="ask", connection=connection)


@csrf_protect
@require_POST
@link_page
def to_harvest(request: HttpRequest) -> LinkPage | HttpResponse:
    """POST /platform/sign-in/harvest?origin=…: on to Harvest's consent, as a new guest with `another=true`.

    The link is this browser's alone: nobody gets a guest's address and consents elsewhere.
    """
    try:
        rate_limits.hold_sign_in(request)
        origin, host_app = _asked(request)
    except BridgeError as error:
        return _shown(None, "", step="refused", reason=error.message, status=error.status)
    known = "" if request.POST.get("another") == "true" else _known_guest(request, host_app)
    guest = known or guests.new_guest()
    remembered = {**request.session.get(_GUESTS, {}), str(host_app.pk): guest}
    request.session[_GUESTS] = dict(list(remembered.items())[-_MOST_GUESTS:])
    request.session[_RETURNING] = origin
    home = f"{settings.PUBLIC_URL}{reverse('platform-sign-in')}?{urlencode({'origin': origin})}"
    link_token = guests.link_token_for(host_app=host_app, guest=guest, origin=origin, home=home)
    return begin(request, LinkFlow(link_token, is_second_window=False))


def _asked(request: HttpRequest) -> tuple[str, HostApp]:
    """Errors: OriginNotAllowed, PopupSignInForbidden."""
    origin = normal_or_refused(request.GET.get("origin", ""))
    return origin, guests.allowed_host_app(origin)


def _known_guest(request: HttpRequest, host_app: HostApp) -> str:
    return str(request.session.get(_GUESTS, {}).get(str(host_app.pk), ""))


def _shown(
    host_app: HostApp | None,
    origin: str,
    *,
    step: str,
    status: int = 200,
    connection: Connection | None = None,
    code: str = "",
    reason: str = "",
) -> LinkPage:
    """Steps: ask, done, denied, refused."""
    context = {"origin": origin, "step": step, "connection": connection, "code": code, "reason": reason}
    return LinkPage(template=_PAGE, host_app=host_app, context=context, status=status, forms_lead_to=to_harvest_forms())
