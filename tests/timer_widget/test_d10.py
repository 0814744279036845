"""Everything that widget.md D10 wants refused, on the server's side; test_d10_frames.py has the browser's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.pages.flow_cookie import COOKIE, FlowCookie
from harvest_bridge.hosts.services import NewHostApp, revoke_widget_key
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import ORIGIN, STRANGERS_ORIGIN, rest, widget_token
from timer_widget.models import Failure, Person, SignInCode, TimerSession, TimerSettings
from timer_widget.sessions import guests, rate_limits

from .people import ITEM, click, session

pytestmark = pytest.mark.django_db


def exchange(token: str, origin: str = ORIGIN, **headers: str) -> Any:
    return APIClient().post("/timer/session", {"token": token, "origin": origin}, format="json", headers=headers)


def assert_refused(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert not TimerSession.objects.exists()


def test_a_replayed_token_is_refused(board: NewHostApp) -> None:
    token = widget_token(board)
    assert exchange(token).status_code == 200
    again = exchange(token)
    assert (again.status_code, again.json()["code"]) == (401, "widget_token_replayed")


def test_an_expired_token_has_a_code_of_its_own(board: NewHostApp) -> None:
    now = int(time.time())
    assert_refused(exchange(widget_token(board, iat=now - 120, exp=now - 60)), 401, "widget_token_expired")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "admin"},
        {"aud": None},
        {"iss": "somebody else"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"tenant_id": None},
        {"origin": None},
        {"jti": None},
        {"exp": None},
        {"iat": "+3600", "exp": "+3660"},
        {"exp": "+3600"},
        {"items": "T-1"},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(board: NewHostApp, claims: dict[str, Any]) -> None:
    """`+3600` stands for an hour from now."""
    now = int(time.time())
    claims = {name: now + int(value) if str(value).startswith("+") else value for name, value in claims.items()}
    assert_refused(exchange(widget_token(board, **claims)), 401, "widget_token_invalid")


def forged(board: NewHostApp, secret: str, algorithm: str, **header: Any) -> str:
    body = jwt.decode(widget_token(board), options={"verify_signature": False})
    headers = {"kid": board.widget_key.pk} | header
    return jwt.encode(body, secret, algorithm=algorithm, headers={k: v for k, v in headers.items() if v})


def test_another_secret_another_algorithm_or_none_is_refused(board: NewHostApp) -> None:
    for token in (
        forged(board, "another secret of at least 32 bytes", "HS256"),
        forged(board, board.widget_secret + "x" * 32, "HS512"),
        forged(board, "", "none"),
        forged(board, board.widget_secret, "HS256", kid="wk_unknown"),
        forged(board, board.widget_secret, "HS256", kid=None),
        "not a token",
        "a.b.c",
    ):
        assert_refused(exchange(token), 401, "widget_token_invalid")


def test_a_key_of_another_host_app_signs_for_nobody_else(board: NewHostApp, stranger: NewHostApp) -> None:
    token = widget_token(stranger, iss=str(board.host_app.pk))
    assert_refused(exchange(token), 401, "widget_token_invalid")
    token = widget_token(stranger)
    assert_refused(exchange(token), 403, "origin_not_allowed")


def test_a_revoked_key_signs_no_more(board: NewHostApp) -> None:
    revoke_widget_key(widget_key=board.widget_key)
    assert_refused(exchange(widget_token(board)), 401, "widget_token_invalid")


@pytest.mark.parametrize("origin", ["https://evil.example", STRANGERS_ORIGIN, "null", "", "http://127.0.0.1:8003"])
def test_a_page_on_another_origin_is_refused(board: NewHostApp, stranger: NewHostApp, origin: str) -> None:
    response = exchange(widget_token(board), origin=origin)
    assert response.status_code in {400, 403}
    assert not TimerSession.objects.exists()


def test_a_token_signed_for_an_unlisted_origin_is_refused(board: NewHostApp) -> None:
    token = widget_token(board, origin="https://evil.example")
    assert_refused(exchange(token, origin="https://evil.example"), 403, "origin_not_allowed")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_a_call_from_another_site_is_refused(board: NewHostApp, headers: dict[str, str]) -> None:
    assert_refused(exchange(widget_token(board), **headers), 403, "cross_site_call")


def test_a_form_post_is_no_json(board: NewHostApp) -> None:
    response = APIClient().post("/timer/session", {"token": widget_token(board), "origin": ORIGIN})
    assert response.status_code == 415
    assert not TimerSession.objects.exists()


def test_a_session_is_good_for_nothing_from_another_origin(board: NewHostApp) -> None:
    """Neither a page that stole it, nor our own frame on a page whose origin is no longer the host's."""
    text = exchange(widget_token(board)).json()["session"]
    stolen = rest(text).get("/timer/state", headers={"Origin": "https://evil.example"})
    assert (stolen.status_code, stolen.json()["code"]) == (403, "cross_site_call")
    board.host_app.origins.all().delete()
    unlisted = rest(text).get("/timer/state")
    assert (unlisted.status_code, unlisted.json()["code"]) == (401, "timer_session_expired")


def test_a_cookie_alone_opens_nothing(board: NewHostApp) -> None:
    client = APIClient()
    client.cookies["__Host-hb_timer"] = guests.kept_sign_in(a_guests_session(board))
    client.cookies["sessionid"] = client.cookies["hb_session"] = "x" * 32
    for path in ("/timer/state", "/timer/projects", "/timer/day"):
        assert client.get(path).status_code == 401
    assert client.post("/timer/stop", click(entry_id=1), format="json").status_code == 401


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"])
def test_a_cross_site_form_post_is_refused_whatever_its_cookie(board: NewHostApp, kind: str) -> None:
    client = APIClient()
    client.cookies["__Host-hb_timer"] = guests.kept_sign_in(a_guests_session(board))
    sessions = TimerSession.objects.count()
    body = json.dumps({"origin": ORIGIN, "x": "="})
    plain = client.generic("POST", "/timer/session", body, content_type=kind)
    sent = client.post("/timer/session", {"origin": ORIGIN}, format="json", headers={"Sec-Fetch-Site": "cross-site"})
    assert (plain.status_code, sent.status_code) == (415, 403)
    assert TimerSession.objects.count() == sessions


@pytest.mark.parametrize("name", ["token", "session", "access_token", "bearer", "authorization"])
def test_a_token_in_an_address_is_not_taken(board: NewHostApp, name: str) -> None:
    text = exchange(widget_token(board)).json()["session"]
    assert APIClient().get("/timer/state", {name: text}).status_code == 401
    bought = APIClient().post(f"/timer/session?{name}={widget_token(board)}", {"origin": ORIGIN}, format="json")
    assert (bought.status_code, bought.json()["session"]) == (200, None)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "java\nscript:x", "//x.test/1", "https:///x"]
)
def test_a_permalink_that_is_no_web_address_is_refused(carmen: APIClient, pick: dict[str, int], address: str) -> None:
    body = click(item=ITEM | {"permalink": address}, **pick)
    refused = carmen.post("/timer/start", body, format="json")
    assert refused.status_code == 400
    assert "permalink" in refused.content.decode()


def test_a_name_with_markup_and_direction_marks_stays_what_it_is(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    name = "<script>alert(1)</script> \u202egnp.exe"
    carmen.post("/timer/start", click(item=ITEM | {"name": name}, notes=name, **pick), format="json")
    entry = sandbox.running("carmen")
    assert entry is not None
    assert entry.notes == name


@pytest.mark.parametrize("field", ["id", "name", "group_id", "group_name", "account_id", "permalink"])
def test_a_megabyte_in_a_field_is_refused(carmen: APIClient, pick: dict[str, int], field: str) -> None:
    body = click(item=ITEM | {field: "https://x.test/" + "x" * 1_000_000}, **pick)
    assert carmen.post("/timer/start", body, format="json").status_code == 400


@pytest.fixture
def few_writes(standing_rate_limits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "PERSON_WRITES", "3/m")


@pytest.mark.usefixtures("few_writes")
def test_mass_toggling_is_stopped_for_this_person_alone(board: NewHostApp) -> None:
    toggler, neighbour = session(board, sub="toggler"), session(board, sub="neighbour")
    answers = [toggler.post("/timer/stop", click(entry_id=1), format="json") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [409, 409, 409, 429, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61
    assert toggler.get("/timer/state").status_code == 200
    assert neighbour.post("/timer/stop", click(entry_id=1), format="json").status_code == 409


def test_nobody_reads_the_item_total_of_another_customer(
    carmen: APIClient, board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox
) -> None:
    project, task = sandbox.pick("carmen")
    body = {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-20", "hours": 2}
    sandbox.post("/v2/time_entries", "carmen", json=body | {"external_reference": {"id": "T-1", "group_id": "web"}})
    link("alice", board.host_app, tenant_id="other", user_id="alice")
    theirs = session(board, sub="alice", tenant_id="other")
    query = {"item_id": "T-1", "group_id": "web"}
    assert carmen.get("/timer/state", query).json()["item"]["seconds"] == 7200
    assert theirs.get("/timer/state", query).json()["item"]["seconds"] == 0
    assert session(board, sub="carmen", tenant_id="other").get("/timer/state", query).json()["item"] is None


# The popup mode (D4).


def a_guests_session(board: NewHostApp) -> TimerSession:
    person = Person.objects.create(host_app=board.host_app, tenant_id=guests.TENANT, user_id=guests.new_guest())
    return TimerSession.objects.create(
        token_hash="x", person=person, origin=ORIGIN, expires_at=timezone.now() + timedelta(minutes=15)
    )


def a_code(board: NewHostApp, link: Callable[..., Connection]) -> str:
    connection = link("carmen", board.host_app, tenant_id=guests.TENANT, user_id=guests.new_guest())
    return guests.issue_code(host_app=board.host_app, connection=connection, origin=ORIGIN)


def buy(code: str = "", origin: str = ORIGIN, kept: str = "") -> Any:
    client = APIClient()
    client.cookies["__Host-hb_timer"] = kept
    return client.post("/timer/session", {"code": code, "origin": origin}, format="json")


def test_a_sign_in_code_buys_one_session_once_on_its_own_origin(
    board: NewHostApp, stranger: NewHostApp, link: Callable[..., Connection]
) -> None:
    code = a_code(board, link)
    assert buy(code, STRANGERS_ORIGIN).status_code == 401
    assert buy(code).status_code == 401, "a code that was tried elsewhere is spent"
    code = a_code(board, link)
    bought = buy(code)
    cookie = bought.headers["Set-Cookie"]
    assert bought.json()["state"]["connection"]["status"] == "active"
    assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"} <= set(cookie.split("; "))
    assert buy(code).status_code == 401


def test_an_old_code_is_refused(board: NewHostApp, link: Callable[..., Connection]) -> None:
    code = a_code(board, link)
    SignInCode.objects.update(expires_at=timezone.now())
    assert buy(code).status_code == 401


def test_a_kept_sign_in_is_good_on_its_own_origin_until_its_person_signs_out(
    board: NewHostApp, stranger: NewHostApp
) -> None:
    kept = guests.kept_sign_in(a_guests_session(board))
    assert buy(kept=kept).json()["session"]
    assert buy(kept=kept, origin=STRANGERS_ORIGIN).json()["session"] is None
    assert buy(kept=kept + "x").json()["session"] is None
    session_text = buy(kept=kept).json()["session"]
    assert rest(session_text).post("/timer/sign-out", {}, format="json").status_code == 200
    assert buy(kept=kept).json() == {"session": None, "expires_in": 0, "state": None}


def test_a_host_app_may_forbid_the_popup_and_then_nothing_of_it_works(
    board: NewHostApp, link: Callable[..., Connection]
) -> None:
    code, kept = a_code(board, link), guests.kept_sign_in(a_guests_session(board))
    TimerSettings.objects.create(host_app=board.host_app, allows_popup_sign_in=False)
    for answer in (buy(code), buy(kept=kept), buy()):
        assert (answer.status_code, answer.json()["code"]) == (403, "popup_sign_in_forbidden")
    assert Client().get("/platform/sign-in", {"origin": ORIGIN}).status_code == 403
    assert Client().post(f"/platform/sign-in/harvest?origin={ORIGIN}").status_code == 403


def test_the_sign_in_page_gives_its_code_to_a_click_of_ones_own_alone(
    board: NewHostApp, link: Callable[..., Connection]
) -> None:
    browser = Client(enforce_csrf_checks=True)
    connection = link("carmen", board.host_app, tenant_id=guests.TENANT, user_id=guests.new_guest())
    memory = FlowCookie()
    memory["timer_guests"] = {str(board.host_app.pk): connection.user_id}
    memory.save()
    browser.cookies[COOKIE] = str(memory.session_key)
    page = f"/platform/sign-in?origin={ORIGIN}"
    assert "data-code" not in browser.get(page).content.decode()
    assert "data-code" not in browser.get(f"{page}&result=success").content.decode(), "nobody came back from Harvest"
    assert browser.post(page).status_code == 403
    browser.get(page)
    clicked = browser.post(page, {"csrfmiddlewaretoken": browser.cookies["hb_csrf"].value})
    assert "data-code" in clicked.content.decode()


def test_what_was_refused_is_counted_for_the_host_app(board: NewHostApp) -> None:
    for _ in range(2):
        exchange(widget_token(board, aud="admin"))
    row = Failure.objects.get()
    assert (row.host_app, row.code, row.count) == (board.host_app, "widget_token_invalid", 2)
