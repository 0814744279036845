"""A worker that is killed loses nothing: what was not delivered is, under the same ids, by the next one."""

from __future__ import annotations

import time
from pathlib import Path

from standardwebhooks import Webhook

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import running_bridge

from .receiver import running_receiver


def test_everything_arrives_while_workers_are_killed(tmp_path: Path, sandbox: RunningSandbox) -> None:
    with (
        running_receiver() as receiver,
        running_bridge(tmp_path, harvest_url=sandbox.url, with_worker=True, WEBHOOK_ALLOW_LOOPBACK="1") as bridge,
    ):
        made = bridge.api.post("/webhook", json={"target_url": f"{receiver.url}/hook"}).json()
        path = f"/webhook/{made['id']}"
        happened = []
        for _ in range(2):
            for _ in range(15):
                happened.append(bridge.api.post("/webhook/test", json={"id": made["id"]}).json()["event_id"])
            bridge.worker.kill()
            bridge.worker.start()
        deadline = time.monotonic() + 60
        while set(receiver.ids) != set(happened) or bridge.api.get(path).json()["pending_count"]:
            assert time.monotonic() < deadline, (len(set(receiver.ids)), len(happened), bridge.worker.last_lines())
            time.sleep(0.1)
        for got in receiver.got:
            Webhook(made["secret"]).verify(got.body, got.headers)
        polled = bridge.api.get(f"{path}/events").json()["result"]
        assert [event["id"] for event in polled] == happened
        assert all(got.event in polled for got in receiver.got)
