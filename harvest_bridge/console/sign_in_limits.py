"""How often a password may be tried: guessing stays slow, and guesses from elsewhere keep no operator out.

A browser that has signed in as somebody keeps a cookie that says so, and its attempts count by themselves (OWASP's
device cookies). All other attempts count by account and address, and by account in all: a botnet runs into that last
limit, and so does an operator in a new browser while it lasts, but not in the browser that they use every day.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from harvest_bridge.addresses import network_of

KNOWN_BROWSER = "10/300s/key"
ADDRESS = "30/300s/key"
ACCOUNT_AT_ADDRESS = "5/300s/key"
ACCOUNT = "300/h/key"
_SALT, _DAYS = "a browser that has signed in", 180


def take_attempt(request: HttpRequest, credentials: dict[str, Any]) -> ratelimit.RateLimitUsage | None:
    """One attempt at a password; None where there were too many. Whoever succeeds gives it back."""
    account, address = _account(credentials), network_of(request.META.get("REMOTE_ADDR") or "")
    browser = _known_browser(request, account)
    limits = (
        [(KNOWN_BROWSER, f"browser {browser}")]
        if browser
        else [
            (ACCOUNT_AT_ADDRESS, f"{account} at {address}"),
            (ADDRESS, f"address {address}"),
            (ACCOUNT, f"account {account}"),
        ]
    )
    taken = ratelimit.RateLimitUsage(usage=[])
    for rate, key in limits:
        config = {"password": rate}
        used = ratelimit.consume(request, app="allauth.account", action="password", config=config, key=key)
        if used is None:
            return None
        taken.usage += used.usage
    return taken


def remember_browser(response: HttpResponse, user: Any) -> None:
    """Whoever has it still needs the password; it only sets its holder apart from those who guess."""
    response.set_cookie(
        _cookie_name(),
        signing.dumps([user.pk, secrets.token_hex(8)], salt=_SALT),
        max_age=_DAYS * 86400,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _account(credentials: dict[str, Any]) -> str:
    """The operator's id, by whichever name they were called; the name itself where nobody has it."""
    names = [credentials[name] for name in ("username", "email") if credentials.get(name)]
    called = Q()
    for name in names:
        called |= Q(username__iexact=name) | Q(email__iexact=name)
    users = get_user_model().objects.filter(called) if names else get_user_model().objects.none()
    found = users.order_by("pk").values_list("pk", flat=True).first()
    return str(found) if found else f"nobody called {' '.join(names).lower()}"


def _known_browser(request: HttpRequest, account: str) -> str | None:
    try:
        user_id, browser = signing.loads(request.COOKIES.get(_cookie_name(), ""), salt=_SALT, max_age=_DAYS * 86400)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(browser) if str(user_id) == account else None


def _cookie_name() -> str:
    return "__Host-hb_browser" if settings.IS_HTTPS else "hb_browser"
