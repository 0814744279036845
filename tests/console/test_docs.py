"""/docs/ and /schema/ as they are served: small, cached, complete; and the code that /docs/ shows runs."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import brotli
import httpx
import pytest
from django.test import Client, override_settings

from harvest_bridge.console.docs.sections import operations, sections
from harvest_bridge.console.docs.views import is_sandbox
from harvest_bridge.console.openapi_document import as_json, document
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account

PATHS = ["/schema/", "/docs/", "/docs/time_entries", "/docs/time_entries/part"]


@pytest.mark.parametrize("path", PATHS)
def test_it_is_compressed_as_the_reader_likes(path: str) -> None:
    plain = Client().get(path)
    assert "Content-Encoding" not in plain.headers
    for encoding, opened in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        packed = Client().get(path, headers={"Accept-Encoding": encoding})
        assert packed["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed["Vary"]
        assert opened(packed.content) == plain.content
        assert len(packed.content) * 2.5 < len(plain.content)


@pytest.mark.parametrize("path", PATHS)
def test_it_is_cached_and_not_sent_twice(path: str) -> None:
    first = Client().get(path, headers={"Accept-Encoding": "br"})
    assert "max-age=300" in first["Cache-Control"]
    again = Client().get(path, headers={"If-None-Match": first["ETag"], "Accept-Encoding": "br"})
    assert (again.status_code, again.content) == (304, b"")
    assert "Accept-Encoding" in again["Vary"]


def test_the_description_is_made_once_in_a_process() -> None:
    made = as_json()
    Client().get("/schema/")
    Client().get("/docs/errors")
    assert as_json() is made


def test_every_operation_is_in_one_section() -> None:
    shown = [one.name for section in sections().values() if section.tag for one in operations(section)]
    described = [operation["operationId"] for item in document()["paths"].values() for operation in item.values()]
    assert sorted(shown) == sorted(described)


def test_every_section_is_drawn() -> None:
    for slug, section in sections().items():
        text = Client().get(f"/docs/{slug}/part").content.decode()
        assert f'<h1 tabindex="-1">{section.title}</h1>' in text
        assert text.count('class="operation"') == (len(operations(section)) if section.tag else 0)


def test_every_operation_of_harvests_shows_fields_and_a_sample() -> None:
    for section in sections().values():
        for one in operations(section) if section.tag else []:
            assert len(one.code) == 3
            if one.path.startswith("/proxy/"):
                assert one.answer, one.name
                assert one.answer_example not in ("", "{}"), one.name


def test_there_is_nothing_at_a_section_that_does_not_exist() -> None:
    assert Client().get("/docs/nonsense").status_code == 404
    assert Client().get("/docs/nonsense/part").status_code == 404


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://api.harvestapp.com", False),
        ("https://harvestapp.com", False),
        ("https://API.harvestapp.com", False),
        ("http://127.0.0.1:8001", True),
        ("https://harvestapp.com.example.com", True),
    ],
)
def test_only_a_sandbox_can_be_tried(address: str, expected: bool) -> None:
    with override_settings(HARVEST_API_URL=address):
        assert is_sandbox() is expected


def test_its_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = Client().get("/docs/")["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.fixture
def account(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[str]:
    connection_id = link_account(bridge, sandbox, "alice")
    yield connection_id
    bridge.api.delete(f"/integrated-account/{connection_id}")


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("user-directory", "list_users"),
        ("time_entries", "proxy_create_time_entries"),
        ("contacts", "proxy_create_contacts"),
        ("tasks", "proxy_delete_tasks"),
        ("reports_time_team", "proxy_list_reports_time_team"),
    ],
)
@pytest.mark.parametrize("language", ["curl", "python", "javascript"])
def test_the_code_that_is_shown_runs(bridge: Bridge, account: str, slug: str, name: str, language: str) -> None:
    shown = httpx.get(f"{bridge.url}/docs/{slug}/part").text
    assert name in shown
    [one] = [found for found in operations(sections()[slug]) if found.name == name]
    [text] = [text for key, _, text in one.code if key == language]
    text = text.replace(document()["servers"][0]["url"], bridge.url).replace(ACCOUNT, account)
    if name == "proxy_delete_tasks":
        task = bridge.api.post(f"/proxy/tasks?integrated_account_id={account}", json={"name": "Spare"}).json()
        text = text.replace("/proxy/tasks/9000106", f"/proxy/tasks/{task['id']}")
    answer = run(language, text, bridge.host["api_key"])
    assert "result" in answer or "id" in answer


ACCOUNT = "be72481b-e060-4103-baa8-a53263babeea"
COMMANDS = {
    "curl": ["bash", "-c"],
    "python": [sys.executable, "-c"],
    "javascript": ["node", "--input-type=module", "-e"],
}


def run(language: str, text: str, key: str) -> Any:
    text = text.replace("print(answer.json())", "import json\nprint(json.dumps(answer.json()))")
    text = text.replace("console.log(await answer.json())", "console.log(JSON.stringify(await answer.json()))")
    done = subprocess.run(
        [*COMMANDS[language], text], capture_output=True, text=True, env={**os.environ, "API_KEY": key}
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
