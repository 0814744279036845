"""A host's page on its own site: it connects through one of the link SDKs and writes down what came of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Settings</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
<main><h1>Settings</h1><button id="connect">Connect</button><output id="outcome"></output></main>
<script type="module">
import authenticate, {{ rapidForm, showFilePicker }} from {sdk};
const outcome = document.getElementById("outcome");
window.heard = [];
addEventListener("message", (event) => window.heard.push([event.origin, event.data]));
const shown = (value) => value instanceof Error ? {{ isError: true, message: value.message, ...value }} : value;
document.getElementById("connect").addEventListener("click", () => {{
  ({call})?.then((value) => {{ outcome.textContent = JSON.stringify({{ resolved: value }}); }},
    (error) => {{ outcome.textContent = JSON.stringify({{ rejected: shown(error) }}); }});
}});
</script></html>"""


class Host:
    """Serves pages on `origin`; `/sdk.js` is the published SDK, unmodified."""

    def __init__(self, origin: str, bridge_url: str, sdk: bytes) -> None:
        self.origin, self.bridge_url, self.sdk = origin, bridge_url, sdk
        self.files: dict[str, tuple[str, bytes]] = {"/sdk.js": ("text/javascript", sdk)}
        self.headers: Mapping[str, str] = {}

    def page(self, link_token: str, *, sdk: str = "/sdk.js", call: str = "", head: str = "", **options: Any) -> str:
        """The address of a page whose button calls `authenticate(link_token, options)`, or `call` in its place."""
        if sdk == "/sdk.js":
            options = {"baseUrl": self.bridge_url, **options}
        written = call or f"authenticate({json.dumps(link_token)}, {json.dumps(options)})"
        html = PAGE.format(head=head, sdk=json.dumps(sdk), call=written)
        self.files["/settings"] = ("text/html; charset=utf-8", html.encode())
        return f"{self.origin}/settings"

    @property
    def drop_in(self) -> str:
        """Our own SDK, from where the bridge serves it."""
        return f"{self.bridge_url}/assets/link-sdk.js"


@contextmanager
def serving(host: Host) -> Iterator[Host]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = host.files.get(urlsplit(self.path).path, ("text/html", b""))
            self.send_response(200 if body else 404)
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
            for name, value in {**headers, **host.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests keep their output to themselves."""

    address = urlsplit(host.origin)
    with ThreadingHTTPServer((str(address.hostname), address.port or 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield host
        server.shutdown()
