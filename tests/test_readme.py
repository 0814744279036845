"""What the README says is so: its settings, its commands, its calls."""

from __future__ import annotations

import re
import shlex
from string import Template
from typing import Any, get_args, get_type_hints

import httpx
import pytest

from harvest_bridge.env import ROOT, Env
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import confirm
from tests.processes import Bridge

README = (ROOT / "README.md").read_text()
COMMANDS = sorted(
    path.stem
    for folder in ("harvest_bridge", "timer_widget")
    for path in (ROOT / folder).rglob("management/commands/[a-z]*.py")
)


def row_of(name: str, hint: Any) -> str:
    """The line of the settings table that one field of Env deserves."""
    default = {"VAR_DIR": "var"}.get(name, getattr(Env(), name))
    shown = f"`{default}`" if default not in ("", False) else ""
    return f"| `{name}` | {shown} | {get_args(hint)[1].description} |".replace("|  |", "| |")


ROWS = [row_of(name, hint) for name, hint in get_type_hints(Env, include_extras=True).items()]


@pytest.mark.parametrize("row", ROWS)
def test_every_setting_is_described_as_the_program_describes_it(row: str) -> None:
    assert row in README.splitlines()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_listed(command: str) -> None:
    assert f"`manage.py {command}`" in README


def test_every_target_of_make_is_named() -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [target for target in targets if target != "help" and f"`make {target}`" not in README] == []


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def call(command: str, **values: str) -> httpx.Response:
    """What this curl command would do."""
    words = shlex.split(Template(command).substitute(values))[1:]
    method, headers, body, url = "GET", {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, headers_value = words.pop(0).partition(": ")
            headers[name] = headers_value
        elif word == "-d":
            body = words.pop(0)
        else:
            url = word
    return httpx.request(method, url, headers=headers, content=body, trust_env=False)


def test_the_calls_of_the_readme_work_in_their_order(bridge: Bridge, sandbox: RunningSandbox) -> None:
    ask_for_link, list_accounts, *directory = re.findall(r"^curl .*$", README, re.MULTILINE)
    values = {"BRIDGE": bridge.url, "KEY": bridge.host["api_key"]}
    bridge.api.post("/integrated-account/bulk-delete", json={"query": {"tenant_id": "acme"}})  # other tests' accounts
    link_token = call(ask_for_link, **values).json()["link_token"]
    with httpx.Client(base_url=bridge.url, trust_env=False) as browser:
        away = browser.get("/connect-account/authorize", params={"link_token": link_token})
        back = sandbox.consent(away.headers["Location"], "alice", accounts=[sandbox.account])
        confirm(browser, browser.get(back))
    [account] = call(list_accounts, **values).json()["result"]
    answers = [call(command, **values, ACCOUNT=account["id"]) for command in directory]
    assert [answer.status_code for answer in answers] == [200] * 5
    assert answers[3].json()["matching"]["counts"]["matched"] == 1
    assert answers[4].json()["field"] == "title"
    assert len(answers[0].json()["result"]) == 5
