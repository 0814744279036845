"""Guessing a password stays slow; guesses from elsewhere keep no operator out; who forgot theirs gets in again."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from harvest_bridge.mail import mail_server

from .operators import PASS_PHRASE, signed_in, superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(db: None) -> User:
    return superuser()


def attempt(password: str, *, at: str, browser: Client | None = None, name: str = "root") -> bool:
    """Did it sign in?"""
    form = {"login": name, "password": password}
    answer = (browser or Client()).post("/accounts/login/", form, REMOTE_ADDR=at)
    return answer.status_code == 302


def test_bad_passwords_from_elsewhere_lock_nobody_out(root: User) -> None:
    for number in range(40):
        attempt("wrong", at=f"198.51.100.{number % 8}", name="root" if number % 2 else "root@example.com")
    assert attempt(PASS_PHRASE, at="203.0.113.5")


def test_guessing_from_one_address_ends_after_five(root: User) -> None:
    for _ in range(5):
        attempt("wrong", at="198.51.100.1")
    assert not attempt(PASS_PHRASE, at="198.51.100.1")
    assert not attempt(PASS_PHRASE, at="198.51.100.1", name="root@example.com")


def test_an_ipv6_network_is_one_address(root: User) -> None:
    for number in range(5):
        attempt("wrong", at=f"2001:db8::{number}")
    assert not attempt(PASS_PHRASE, at="2001:db8::99")
    assert attempt(PASS_PHRASE, at="2001:db8:0:1::1")


def test_even_a_botnet_guesses_no_faster_and_the_operators_own_browser_still_gets_in(root: User) -> None:
    mine = Client()
    assert attempt(PASS_PHRASE, at="203.0.113.5", browser=mine)
    mine.post("/accounts/logout/")
    for number in range(300):
        attempt("wrong", at=f"198.51.{number // 200}.{number % 200}")
    assert not attempt(PASS_PHRASE, at="192.0.2.77")
    assert attempt(PASS_PHRASE, at="203.0.113.6", browser=mine)


def test_a_known_browser_is_no_licence_to_guess(root: User) -> None:
    mine = Client()
    attempt(PASS_PHRASE, at="203.0.113.5", browser=mine)
    mine.post("/accounts/logout/")
    for _ in range(10):
        attempt("wrong", at="203.0.113.5", browser=mine)
    assert not attempt(PASS_PHRASE, at="203.0.113.5", browser=mine)


def test_many_other_sign_ins_clear_no_lockout(root: User) -> None:
    for _ in range(5):
        attempt("wrong", at="198.51.100.1")
    for number in range(700):
        cache.set(f"spent-oauth-state-{number}", True, 600)
    assert not attempt(PASS_PHRASE, at="198.51.100.1")


def test_too_many_forms_are_a_page_that_says_when_to_come_back(root: User) -> None:
    answers = [Client().post("/accounts/login/", {"login": f"u{n}", "password": "x"}) for n in range(35)]
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60"


def test_without_a_mail_server_nothing_that_needs_one_is_offered(root: User, settings: Any) -> None:
    settings.HAS_MAIL = False
    for answer in (
        Client().get("/accounts/password/reset/"),
        Client().post("/accounts/password/reset/", {"email": "root@example.com"}),
        signed_in(root).post("/accounts/email/", {"action_add": "", "email": "b@example.com"}),
    ):
        assert answer.status_code == 404
        assert "manage.py resetoperator" in answer.content.decode()


def test_with_one_a_reset_goes_by_mail_at_our_public_address(root: User, settings: Any) -> None:
    settings.HAS_MAIL = True
    settings.PUBLIC_URL = "https://time.example.com"
    Client().post("/accounts/password/reset/", {"email": "root@example.com"})
    [letter] = mail.outbox
    link = re.search(r"https://time\.example\.com(/accounts/password/reset/key/\S+)", letter.body)
    assert link is not None
    browser = Client()
    form = browser.get(link[1], follow=True)
    new = "a new long pass phrase"
    browser.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert attempt(new, at="203.0.113.5")


def test_a_mail_server_that_is_away_is_no_error_page(root: User, settings: Any) -> None:
    settings.HAS_MAIL = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = Client().post("/accounts/password/reset/", {"email": "root@example.com"})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "ssl"),
    [
        ("smtp://u:p%40ss@mail.example.com", "mail.example.com", 587, True, False),
        ("smtps://mail.example.com", "mail.example.com", 465, False, True),
        ("smtp+plain://localhost:1025", "localhost", 1025, False, False),
    ],
)
def test_a_mail_servers_address_is_read(url: str, host: str, port: int, tls: bool, ssl: bool) -> None:
    read = mail_server(url)
    assert (read["EMAIL_HOST"], read["EMAIL_PORT"], read["EMAIL_USE_TLS"], read["EMAIL_USE_SSL"]) == (
        host,
        port,
        tls,
        ssl,
    )


@pytest.mark.parametrize("url", ["mail.example.com", "smtp://", "smtp://u:canary@h:port", "http://mail.example.com"])
def test_what_is_no_mail_server_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(Exception, match="EMAIL_URL is no mail server") as refusal:
        mail_server(url)
    assert "canary" not in str(refusal.value)


def test_a_command_lets_an_operator_in_again(root: User) -> None:
    Authenticator.objects.create(user=root, type="totp", data={"secret": "x"})
    old, said = signed_in(root), StringIO()
    call_command("resetoperator", "root", stdout=said)
    password = re.search(r"is (\S+);", said.getvalue())
    assert password is not None
    assert attempt(password[1], at="203.0.113.5")
    assert not attempt(PASS_PHRASE, at="203.0.113.5")
    assert not Authenticator.objects.exists()
    assert old.get("/admin/").status_code == 302


def test_it_resets_one_of_the_two_on_request(root: User) -> None:
    Authenticator.objects.create(user=root, type="totp", data={"secret": "x"})
    call_command("resetoperator", "root", "--keep-second-factor", "--keep-password", stdout=StringIO())
    assert Authenticator.objects.exists()
    browser = Client()
    attempt(PASS_PHRASE, at="203.0.113.5", browser=browser)
    assert browser.get("/admin/").status_code == 302  # the second factor is asked for
    call_command("resetoperator", "root", "--keep-password", stdout=StringIO())
    assert attempt(PASS_PHRASE, at="203.0.113.5")


def test_somebody_unknown_is_said(db: None) -> None:
    with pytest.raises(CommandError, match="no operator called 'nobody'"):
        call_command("resetoperator", "nobody")


@pytest.mark.parametrize(
    "next_page", ["https://[", "//[", "http://[::1/admin/", "//\u2100example.com", "https://a[b]c/"]
)
@pytest.mark.parametrize("path", ["/admin/login/", "/accounts/login/", "/accounts/logout/"])
def test_an_address_that_is_none_leads_nowhere(root: User, path: str, next_page: str) -> None:
    browser = Client()
    asked = browser.get(path, {"next": next_page})
    given = browser.post("/accounts/login/", {"login": "root", "password": PASS_PHRASE, "next": next_page})
    assert asked.status_code in (200, 302)
    assert (given.status_code, given["Location"]) == (302, "/admin/")
