"""Receives webhooks: verifies each, and does each event once. Copy `receive`, and give it a table of your own."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

WEBHOOK = Webhook(os.environ["WEBHOOK_SECRET"])  # whsec_…, as it was shown
SEEN_FILE = Path(os.environ.get("SEEN_FILE", "webhook-ids.txt"))
ONE_AT_A_TIME = threading.Lock()


def receive(body: bytes, headers: Mapping[str, str]) -> int:
    """The status to answer with: 204 once the event is done, now or before; 401 for what is not from the bridge."""
    try:
        event = WEBHOOK.verify(body, {name.lower(): value for name, value in headers.items()})
    except (WebhookVerificationError, ValueError):
        return 401
    with ONE_AT_A_TIME:
        if event["id"] not in SEEN:
            work(event)
            SEEN.add(event["id"])
            with SEEN_FILE.open("a") as file:
                file.write(f"{event['id']}\n")
    return 204


def work(event: dict[str, Any]) -> None:
    """Yours."""
    print(event["type"], event["id"], flush=True)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(receive(body, self.headers))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


SEEN = set(SEEN_FILE.read_text().split()) if SEEN_FILE.exists() else set()

if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8003"))), Receiver).serve_forever()
