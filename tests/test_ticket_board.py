"""The example host app: what a host developer copies must be right, and must know nothing of us."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from harvest_bridge.console.demo import TICKET_BOARD
from tests.boards import running_board
from tests.services import free_port

SECRET = "a widget secret that is long enough for its algorithm"
THIRD_PARTY = {"jwt", "harvest_token", "harvest_events", "harvest_deals", "harvest_frames"}


@pytest.fixture(scope="module")
def board_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url, folder = f"http://127.0.0.1:{free_port()}", tmp_path_factory.mktemp("board")
    keys = {"host_app_id": "app-1", "widget_key_id": "key-1", "widget_secret": SECRET}
    with running_board(url, bridge_url="https://time.example.com", keys=keys, folder=folder):
        yield url


@pytest.fixture
def visitor(board_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=board_url, trust_env=False) as client:
        yield client


def claims_of(answer: httpx.Response, origin: str) -> dict[str, object]:
    token = answer.json()["token"]
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "key-1"}
    claims: dict[str, object] = jwt.decode(token, SECRET, algorithms=["HS256"], audience="timer", issuer="app-1")
    assert claims["origin"] == origin
    return claims


def test_ten_tickets_in_two_groups_marked_in_both_ways(visitor: httpx.Client) -> None:
    page = visitor.get("/").text
    assert len(re.findall(r'<article class="ticket"', page)) == 10
    assert len(re.findall(r'<section class="group"', page)) == 2
    assert len(re.findall(r"<harvest-timer\s", page)) + len(re.findall(r'class="harvest-timer"', page)) == 10
    assert "<harvest-timer" in page
    assert 'class="harvest-timer"' in page


def test_every_ticket_has_a_page_of_its_own(visitor: httpx.Client) -> None:
    numbers = re.findall(r'id="ticket-(\d+)"', visitor.get("/").text)
    assert [visitor.get(f"/tickets/{number}").status_code for number in numbers] == [200] * 10
    assert visitor.get("/tickets/999").status_code == 404


def test_the_token_says_who_is_signed_in_for_a_minute(visitor: httpx.Client, board_url: str) -> None:
    claims = claims_of(visitor.post("/harvest-token"), board_url)
    assert (claims["sub"], claims["email"]) == ("alice", "alice@fennelfinch.example")
    assert int(str(claims["exp"])) - int(str(claims["iat"])) == 60


def test_each_token_is_a_new_one(visitor: httpx.Client, board_url: str) -> None:
    first, second = (claims_of(visitor.post("/harvest-token"), board_url) for _ in range(2))
    assert first["jti"] != second["jti"]


def test_another_person_may_sign_in(visitor: httpx.Client, board_url: str) -> None:
    assert visitor.post("/sign-in", data={"person": "hana"}).headers["Location"] == "/"
    assert claims_of(visitor.post("/harvest-token"), board_url)["sub"] == "hana"
    assert visitor.get("/people").json()["signed_in"] == "hana"


@pytest.mark.parametrize("cookie", ["person=mallory", "person=", "person=[", 'person="alice'])
def test_a_cookie_that_names_nobody_signs_in_nobody_else(board_url: str, cookie: str) -> None:
    answer = httpx.post(f"{board_url}/harvest-token", headers={"Cookie": cookie}, trust_env=False)
    assert claims_of(answer, board_url)["sub"] == "alice"


@pytest.mark.parametrize(
    "path", ["/static/../server.py", "/static/%2e%2e/server.py", "/server.py", "/static/index.html"]
)
def test_only_the_boards_own_files_are_served(visitor: httpx.Client, path: str) -> None:
    assert visitor.get(path).status_code == 404


def test_without_an_api_key_it_has_no_events_to_show(visitor: httpx.Client) -> None:
    assert visitor.get("/events").status_code == 204


def test_the_policy_allows_our_script_and_frames_and_nothing_inline(visitor: httpx.Client) -> None:
    policy = dict(part.split(" ", 1) for part in visitor.get("/").headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self' https://time.example.com"
    assert policy["frame-src"] == "https://time.example.com"
    assert policy["style-src"] == "'self'"


@pytest.mark.parametrize("path", sorted(TICKET_BOARD.glob("*.py")), ids=lambda path: path.name)
def test_the_example_imports_nothing_of_the_bridge(path: Path) -> None:
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(path.read_text()))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        + ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
    }
    assert imported <= sys.stdlib_module_names | THIRD_PARTY


def test_the_part_to_copy_fits_on_one_screen() -> None:
    assert len((TICKET_BOARD / "harvest_token.py").read_text().splitlines()) <= 30
