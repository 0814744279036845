"""A second factor works without mail, and where it is demanded no way of signing in goes round it."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from harvest_bridge.hosts.services import NewHostApp

from .operators import PASS_PHRASE, signed_in, superuser

pytestmark = pytest.mark.django_db
SET_UP = "/accounts/2fa/totp/activate/"


@pytest.fixture
def demanded(settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True


@pytest.fixture
def root(db: None) -> User:
    return superuser()


def code_of(secret: str, ago: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())) - ago))


def by_password(browser: Client) -> Any:
    return browser.post("/accounts/login/", {"login": "root", "password": PASS_PHRASE})


def set_up(browser: Client) -> str:
    """Through the page, as an operator does it; returns the secret."""
    secret: str = browser.get(SET_UP).context["form"].secret
    done = browser.post(SET_UP, {"code": code_of(secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def test_a_superuser_turns_it_on_without_any_mail(root: User) -> None:
    browser = Client()
    by_password(browser)
    set_up(browser)
    assert "recovery" in browser.get("/accounts/2fa/recovery-codes/").content.decode().lower()
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


def test_the_admins_user_menu_leads_there(root: User) -> None:
    page = signed_in(root).get("/admin/").content.decode()
    assert 'href="/accounts/2fa/"' in page


@pytest.mark.parametrize("path", ["/admin/", "/admin/auth/user/", "/admin/password_change/", "/accounts/email/"])
def test_demanded_nothing_opens_without_one(demanded: None, root: User, path: str) -> None:
    browser = Client()
    by_password(browser)
    answer = browser.get(path)
    assert answer["Location"] == SET_UP
    assert "needs a second factor" in browser.get(SET_UP).content.decode()
    assert browser.post("/admin/auth/user/add/", {"username": "x"})["Location"] == SET_UP


def test_demanded_the_preview_does_not_open_either(demanded: None, root: User, board: NewHostApp) -> None:
    assert signed_in(root).get(f"/platform/preview/{board.host_app.pk}").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_once_set_up_the_admin_opens(demanded: None, root: User) -> None:
    browser = Client()
    by_password(browser)
    set_up(browser)
    assert browser.get("/admin/").status_code == 200


def test_a_session_that_began_without_it_must_show_it(demanded: None, root: User) -> None:
    other, browser = signed_in(root), Client()
    by_password(browser)
    secret = set_up(browser)
    for path in ("/admin/", "/accounts/2fa/totp/deactivate/", "/accounts/password/change/", SET_UP):
        assert other.get(path)["Location"].startswith("/accounts/2fa/reauthenticate/")
    other.post("/accounts/2fa/reauthenticate/?next=/admin/", {"code": code_of(secret, ago=1)})
    assert other.get("/admin/").status_code == 302
    cache.clear()  # the code's own single use
    other.post("/accounts/2fa/reauthenticate/?next=/admin/", {"code": code_of(secret)})
    assert other.get("/admin/").status_code == 200


def test_signing_in_anew_asks_for_the_code(demanded: None, root: User) -> None:
    browser = Client()
    by_password(browser)
    secret = set_up(browser)
    again = Client()
    assert by_password(again)["Location"].startswith("/accounts/2fa/authenticate/")
    assert again.get("/admin/").status_code == 302
    cache.clear()
    again.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert again.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_turning_it_off_closes_the_admin_again(demanded: None, root: User) -> None:
    browser = Client()
    by_password(browser)
    set_up(browser)
    browser.post("/accounts/2fa/totp/deactivate/")
    assert browser.get("/admin/")["Location"] == SET_UP


def test_not_demanded_nobody_is_asked(root: User) -> None:
    assert signed_in(root).get("/admin/").status_code == 200
