"""What an operator may not do, or does not find, is said on a page; programs get JSON."""

from __future__ import annotations

import pytest
from django.test import Client

from .operators import signed_in, staff

pytestmark = pytest.mark.django_db


def test_a_forbidden_page_is_a_page() -> None:
    answer = signed_in(staff("small")).get("/admin/hosts/hostapp/")
    assert (answer.status_code, answer["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "Your account lacks the right" in answer.content.decode()


def test_what_a_script_of_ours_fetches_stays_json() -> None:
    small = signed_in(staff("small"))
    sent = small.post("/admin/unified/identity/decide/", "{}", content_type="application/json")
    fetched = small.get("/admin/unified/identity/harvest-users/", headers={"Sec-Fetch-Dest": "empty"})
    assert [answer.json()["code"] for answer in (sent, fetched)] == ["token_not_accepted"] * 2


def test_somebody_who_is_no_operator_can_change_the_account() -> None:
    user = staff("guest")
    user.is_staff = False
    user.save()
    answer = signed_in(user).get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "/accounts/logout/" in answer.content.decode()


def test_a_missing_page_is_a_page_for_operators_and_json_for_programs() -> None:
    assert "There is nothing here" in Client().get("/accounts/nonsense/").content.decode()
    assert Client().get("/nonsense").json()["code"] == "not_found"


def test_a_form_that_is_out_of_date_says_so() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "out of date" in answer.content.decode()


def test_there_is_an_icon() -> None:
    assert Client().get("/favicon.ico")["Location"].endswith("favicon.svg")
