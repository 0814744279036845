"""The previous version on this one's schema: `python -m tests.previous_version [COMMIT]`, or `make previous-version`.

The previous version is the commit before the newest migration, unless another is named. Its code serves a database that
this version's code has migrated: an account is linked, people are read, a timer is started and stopped, time is
written, events are polled, and its worker runs. Needs the repository's history.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from harvest_bridge.console.supervisor import stop_all
from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import START_SECONDS, Bridge, running_bridge
from tests.timer_widget.fault_harness import link


def main() -> None:
    commit = sys.argv[1] if len(sys.argv) > 1 else before_the_newest_migration()
    with tempfile.TemporaryDirectory(prefix="hb-previous-") as name, running_sandbox() as sandbox:
        code, data = Path(name) / "code", Path(name) / "data"
        data.mkdir()
        unpack(commit, code)
        with running_bridge(data, harvest_url=sandbox.url) as bridge:
            bridge.web.stop()
            previous = of(bridge, code)
            processes = [previous.web, previous.worker]
            try:
                for process in processes:
                    process.start()
                    process.wait_until_ready(timeout=START_SECONDS)
                work(previous, sandbox)
            finally:
                stop_all(processes)
    print(f"{commit[:12]} works on this version's schema.")


def git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def before_the_newest_migration() -> str:
    """Errors: SystemExit, where the history is not there."""
    folders = ["harvest_bridge/*/migrations/0*.py", "timer_widget/migrations/0*.py"]
    newest = git("log", "-1", "--diff-filter=A", "--format=%H", "--", *folders)
    if not newest or git("rev-parse", "--is-shallow-repository") == "true":
        sys.exit("NOT CHECKED: this clone has no history. Fetch it (git fetch --unshallow), or name a commit.")
    return git("rev-parse", f"{newest}^")


def unpack(commit: str, target: Path) -> None:
    target.mkdir()
    with subprocess.Popen(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE) as archive:
        subprocess.run(["tar", "-x", "-C", target], stdin=archive.stdout, check=True)


def of(bridge: Bridge, code: Path) -> Bridge:
    """The same data, served by the code in that folder."""
    previous = replace(bridge)
    previous.host = bridge.host
    for process in (previous.web, previous.worker):
        process.directory = code
    return previous


def work(bridge: Bridge, sandbox: RunningSandbox) -> None:
    """Errors: AssertionError, with the answer that was not expected."""
    link(bridge, sandbox, "acme", "alice", is_account=True)
    link(bridge, sandbox, "acme")
    account = {"tenant_id": "acme", "kind": "account"}
    [linked] = expect(bridge.api.get("/integrated-account", params=account))["result"]
    named = {"integrated_account_id": linked["id"]}
    project, task = sandbox.pick("carmen")
    chosen = {"project_id": project.id, "task_id": task.id}
    expect(bridge.api.get("/unified/user-directory/users", params=named))
    entry = chosen | {"spent_date": sandbox.now().date().isoformat(), "hours": 1}
    expect(bridge.api.post("/proxy/time_entries", params=named, json=entry))
    hook = expect(bridge.api.post("/webhook", json={"target_url": "https://app.example.com/hooks"}))
    given = {"token": bridge.widget_token(sub="carmen"), "origin": bridge.host_origin}
    session = expect(httpx.post(f"{bridge.url}/timer/session", json=given, trust_env=False))["session"]
    headers = {"Authorization": f"Bearer {session}"}
    with httpx.Client(base_url=bridge.url, headers=headers, trust_env=False, timeout=60) as widget:
        start = click(item={"id": "T-1", "name": "Ticket"}, **chosen)
        expect(widget.post("/timer/start", json=start))
        expect(widget.post("/timer/stop", json=click(start_key=start["idempotency_key"])))
    expect(bridge.api.get(f"/webhook/{hook['id']}/events", params={"wait": 20}, timeout=60))
    ready = expect(httpx.get(f"{bridge.url}/health/ready", trust_env=False, timeout=60))
    assert ready["parts"]["database"] == "ok", ready


def click(**asked: Any) -> dict[str, Any]:
    return {"idempotency_key": uuid.uuid4().hex, "clicked_at": datetime.now(UTC).isoformat(), **asked}


def expect(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
    return answer.json()


if __name__ == "__main__":
    main()
