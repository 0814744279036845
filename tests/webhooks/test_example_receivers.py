"""The receivers of docs/examples/webhooks, in every language whose runtime is here, get real deliveries."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.console.supervisor import ManagedProcess
from harvest_bridge.env import ROOT
from harvest_bridge.webhooks.models import Delivery, Event
from tests.processes import clean_environment
from tests.services import free_port

from .delivering import Delivering
from .receiver import Receiver
from .test_official_verifiers import Delivered, spoiled

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = ROOT / "docs" / "examples" / "webhooks"
RUN = {
    "python3": [sys.executable, "webhook_receiver.py"],
    "node": ["node", "webhook-receiver.mjs"],
    "ruby": ["ruby", "webhook_receiver.rb"],
    "php": ["php", "-S", "127.0.0.1:{port}", "webhook_receiver.php"],
    "go": ["{folder}/webhook-receiver"],
}
RUNTIMES = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not installed"))
    for name in RUN
]


def compiled(folder: Path) -> None:
    file, environment = EXAMPLES / "go" / "webhook_receiver.go", {**os.environ, "GO111MODULE": "off"}
    subprocess.run(["go", "build", "-o", folder / "webhook-receiver", file], check=True, env=environment)


@contextmanager
def running(runtime: str, folder: Path, secret: str, port: int) -> Iterator[ManagedProcess]:
    """A receiver on `port`, which keeps its ids in `folder`; its output is what it did."""
    environment = clean_environment(WEBHOOK_SECRET=secret, PORT=str(port), SEEN_FILE=str(folder / "ids"))
    argv = [word.format(port=port, folder=folder) for word in RUN[runtime]]
    process = ManagedProcess(runtime, argv, environment, folder / "log", f"http://127.0.0.1:{port}/", EXAMPLES)
    process.start()
    try:
        while not _listens(port):
            process.raise_if_dead()
            time.sleep(0.05)
        yield process
    finally:
        process.stop()


def post(port: int, body: bytes, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"http://127.0.0.1:{port}/hook", content=body, headers=headers, trust_env=False)


def _listens(port: int) -> bool:
    try:
        post(port, b"", {})
    except httpx.TransportError:
        return False
    return True


def done(process: ManagedProcess) -> list[str]:
    return [line.split()[1] for line in process.log.read_text().splitlines() if line.startswith("thing.happened ")]


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_an_example_does_each_genuine_event_once_and_nothing_else(
    runtime: str,
    tmp_path: Path,
    hooks: APIClient,
    made: Callable[..., dict[str, Any]],
    receiver: Receiver,
    delivering: Delivering,
    happens: Callable[..., Event],
) -> None:
    if runtime == "go":
        compiled(tmp_path)
    port = free_port()
    shown = made()
    path, events = f"/webhook/{shown['id']}", [happens(number, note="Zoë €\u2028") for number in range(3)]
    ids = sorted(str(event.uid) for event in events)
    delivering.settle()  # at a receiver of the tests, which keeps what an attacker could overhear
    overheard = [Delivered(shown["secret"], got.headers, got.body.decode()) for got in receiver.got]
    hooks.patch(path, {"target_url": f"http://127.0.0.1:{port}/hook"}, format="json")
    with running(runtime, tmp_path, shown["secret"], port) as process:
        chance = random.Random(15)
        for one in (spoiled(chance.choice(overheard), chance) for _ in range(60)):
            headers = {name: value for name, value in one.headers.items() if name.startswith("webhook-")}
            answer = post(port, one.body.encode(), headers)
            assert answer.status_code == 401, one
        assert done(process) == []
        replay(hooks, path, delivering)
        replay(hooks, path, delivering)
        hooks.post(f"{path}/rotate-secret", {"overlap_seconds": 3600}, format="json")
        replay(hooks, path, delivering)
        assert sorted(done(process)) == ids
    with running(runtime, tmp_path, shown["secret"], port) as process:
        replay(hooks, path, delivering)
        assert done(process) == []  # it knows them from before its restart
    assert set(Delivery.objects.values_list("status", flat=True)) == {"delivered"}


def replay(hooks: APIClient, path: str, delivering: Delivering) -> None:
    assert hooks.post(f"{path}/replay", {"from": "2020-01-01T00:00:00Z"}, format="json").json() == {"queued": 3}
    delivering.now = timezone.now()
    delivering.settle()
    assert Delivery.objects.filter(status="delivered").count() == 3


def test_the_receivers_of_the_stacks_that_every_machine_has_are_run() -> None:
    assert all(shutil.which(name) for name in ("python3", "node"))
