"""Firefox, driven over WebDriver BiDi, which it speaks itself (geckodriver is in no Debian package).

It runs script in pages and frames, which is all that these tests need.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.services import free_port

# As hard as each engine's own users may set it: no cookie of a third party.
FIREFOX_PREFERENCES = {
    "network.cookie.cookieBehavior": 1,
    "dom.disable_open_during_load": False,
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.enabled": False,
}


def until(engine: Firefox, expression: str, wanted: object = True, *, frame: str = "", seconds: float = 60) -> None:
    """Waits until `expression` is `wanted`; frames come and go meanwhile."""
    end, seen = time.monotonic() + seconds, None
    while time.monotonic() < end:
        try:
            seen = engine.run(expression, frame)
        except LookupError as error:
            seen = error
        if seen == wanted:
            return
        time.sleep(0.05)
    raise AssertionError(f"{expression} is {seen!r}, not {wanted!r}")


class Firefox:
    """One tab of a Firefox of its own."""

    def __init__(self, ask: Callable[..., dict[str, Any]]) -> None:
        self._ask = ask
        self._ask("session.new", capabilities={})
        self._tab = self._ask("browsingContext.create", type="tab")["context"]

    def goto(self, url: str) -> None:
        self._ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def run(self, expression: str, frame: str = "") -> Any:
        script = f"JSON.stringify({expression})"
        target = {"context": self._frame(frame) if frame else self._tab}
        said = self._ask("script.evaluate", expression=script, target=target, awaitPromise=True)
        if said["type"] != "success":
            raise LookupError(said["exceptionDetails"]["text"])
        return json.loads(said["result"].get("value", "null"))

    def _frame(self, part: str) -> str:
        tree = self._ask("browsingContext.getTree", root=self._tab)["contexts"][0]
        found = [str(child["context"]) for child in tree["children"] if part in child["url"]]
        if not found:
            raise LookupError(f"no frame {part}")
        return found[0]


@contextmanager
def firefox() -> Iterator[Firefox]:
    """Errors: FileNotFoundError, where `firefox-esr` is not installed."""
    program = shutil.which("firefox-esr")
    if program is None:
        raise FileNotFoundError("Firefox is not installed; `make test` installs it (Debian package: firefox-esr)")
    with ExitStack() as at_the_end:
        profile = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in FIREFOX_PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        port = free_port()
        argv = [program, "--headless", "--no-remote", "--profile", str(profile), f"--remote-debugging-port={port}"]
        _running(at_the_end, argv, {"HOME": str(profile), "MOZ_HEADLESS": "1"})
        yield Firefox(_bidi(at_the_end, f"ws://127.0.0.1:{port}/session"))


def _bidi(at_the_end: ExitStack, url: str) -> Callable[..., dict[str, Any]]:
    """`ask(method, **params)` over a WebSocket on a loop that runs only while we wait."""
    loop = asyncio.new_event_loop()
    at_the_end.callback(loop.close)
    client = loop.run_until_complete(_client())
    at_the_end.callback(lambda: loop.run_until_complete(client.close()))
    socket = loop.run_until_complete(_connected(client, url))
    numbers = iter(range(1, 1_000_000))

    def ask(method: str, **params: Any) -> dict[str, Any]:
        return loop.run_until_complete(_asked(socket, next(numbers), method, params))

    return ask


async def _client() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


async def _connected(client: aiohttp.ClientSession, url: str) -> aiohttp.ClientWebSocketResponse:
    for _ in range(1200):
        try:
            return await client.ws_connect(url, max_msg_size=0)
        except aiohttp.ClientError:
            await asyncio.sleep(0.1)
    raise TimeoutError("Firefox did not open its port within two minutes")


async def _asked(
    socket: aiohttp.ClientWebSocketResponse, number: int, method: str, params: dict[str, Any]
) -> dict[str, Any]:
    await socket.send_json({"id": number, "method": method, "params": params})
    async with asyncio.timeout(120):
        while (said := await socket.receive_json()).get("id") != number:
            continue
    if said["type"] == "error":
        raise LookupError(said["message"])
    result: dict[str, Any] = said["result"]
    return result


def _running(at_the_end: ExitStack, argv: list[str], more: dict[str, str]) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **more}
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end() -> None:
        process.terminate()
        process.wait(10)

    at_the_end.callback(end)
