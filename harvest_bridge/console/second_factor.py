"""REQUIRE_TWO_FACTOR: operators' pages open only to a session that has shown a second factor, however it began."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

GUARDED = ("/admin/", "/platform/preview", "/accounts/")
# What a session needs before it has a second factor: to set one up, to show it, and to leave.
_WITHOUT_A_FACTOR = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "mfa_activate_totp",
    "mfa_reauthenticate",
}
_BEFORE_IT_IS_SHOWN = {"account_login", "account_logout", "mfa_reauthenticate"}


class SecondFactorMiddleware:
    """Sends whoever has none to set one up, and whoever has not shown theirs in this session to show it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.REQUIRE_TWO_FACTOR or not request.path.startswith(GUARDED):
            return None
        if not request.user.is_authenticated or _has_shown(request):
            return None
        has_one = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        name = request.resolver_match.url_name if request.resolver_match else None
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        if not namespaces and name in (_BEFORE_IT_IS_SHOWN if has_one else _WITHOUT_A_FACTOR):
            return None
        return _to_show_it(request) if has_one else _to_set_up(request)


def _has_shown(request: HttpRequest) -> bool:
    """A record in the session counts only while its owner has a second factor at all."""
    records = get_authentication_records(request, request.user)
    has_record = any(record.get("method") == "mfa" for record in records)
    return has_record and is_mfa_enabled(request.user, [Authenticator.Type.TOTP])


def _to_set_up(request: HttpRequest) -> HttpResponse:
    messages.info(request, "Every operator of this bridge needs a second factor. Set yours up; then the admin opens.")
    return HttpResponseRedirect(reverse("mfa_activate_totp"))


def _to_show_it(request: HttpRequest) -> HttpResponse:
    after = request.get_full_path() if request.method == "GET" else reverse("admin:index")
    return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': after})}")


def remember_set_up(sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    """Whoever sets an app up has typed a code of it just now."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


def connect() -> None:
    authenticator_added.connect(remember_set_up)
