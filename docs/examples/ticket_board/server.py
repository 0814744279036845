"""Beacon, a small ticket board: the demo's host app. It knows the bridge only by its address and its keys."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs

from harvest_deals import DEALS, Deals, NotLinked, refusal_of
from harvest_events import API_KEY, Events
from harvest_frames import begin_mirror, insights_token, linked_account, portal_token, some_client
from harvest_token import widget_token

HOST, PORT = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8002"))
ORIGIN = os.environ.get("ORIGIN", f"http://{HOST}:{PORT}")
BRIDGE_URL = os.environ.get("BRIDGE_URL", "http://localhost:8000")

# Stand-ins for your own sessions and customers.
TENANT = os.environ.get("TENANT", "fennel-finch")
PEOPLE = {
    "alice": {"name": "Alice Okafor", "email": "alice@fennelfinch.example"},
    "bruno": {"name": "Bruno Keller", "email": "bruno@fennelfinch.example"},
    "hana": {"name": "Hana Sato", "email": "hana@fennelfinch.example"},
}

EVENTS = Events(tenant_id=TENANT, description="Ticket board")
WON = Deals(tenant_id=TENANT)
SHOWN_DEALS = {name: {key: deal[key] for key in ("title", "company", "amount")} for name, deal in DEALS.items()}

# What the timer needs is our permission for its script and its frames.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        f"script-src 'self' {BRIDGE_URL}",
        f"frame-src {BRIDGE_URL}",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
STATIC = Path(__file__).parent / "static"
CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {f"/static/{file.name}": file for file in STATIC.iterdir() if file.suffix in CONTENT_TYPES}
PAGE = (STATIC / "index.html").read_text().replace("BRIDGE_URL", BRIDGE_URL)
PAGES = {
    f"/{name}": (STATIC / f"{name}.html").read_text().replace("BRIDGE_URL", BRIDGE_URL)
    for name in ("insights", "portal")
}
TICKET_PAGES = {f"/tickets/{number}" for number in re.findall(r'id="ticket-(\d+)"', PAGE)}


def token_for_insights(account_id: str, _: str) -> str:
    begin_mirror(account_id)
    return insights_token(account_id)


def token_for_portal(account_id: str, person: str) -> str | None:
    """None while no invoices are copied yet."""
    client_id = some_client(account_id)
    if client_id is None:
        begin_mirror(account_id)
        return None
    return portal_token(account_id=account_id, client_id=client_id, user_id=person, tenant_id=TENANT, origin=ORIGIN)


FRAME_TOKENS = {"/insights-token": token_for_insights, "/portal-token": token_for_portal}


class Board(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/" or path in TICKET_PAGES:  # board.js shows the one ticket
            self.answer(PAGE.encode(), "text/html")
        elif path in PAGES:
            self.answer(PAGES[path].encode(), "text/html")
        elif path in FILES:
            self.answer(FILES[path].read_bytes(), CONTENT_TYPES[FILES[path].suffix])
        elif path == "/people":
            self.answer_json({"signed_in": self.signed_in(), "people": PEOPLE})
        elif path == "/events":
            self.answer_events(parse_qs(query).get("after", ["0"])[0])
        elif path == "/deals":
            self.answer_json(SHOWN_DEALS if API_KEY else {})
        elif found := re.fullmatch(r"/deals/runs/([0-9a-f-]{36})(/progress)?", path):
            self.answer_progress(found[1]) if found[2] else self.answer_deal(lambda: WON.run(found[1]))
        else:
            self.answer(b"No such page.", "text/plain", HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        form = self.read_form()
        if self.path == "/harvest-token":
            person = self.signed_in()
            email = PEOPLE[person]["email"]
            self.answer_json({"token": widget_token(user_id=person, tenant_id=TENANT, email=email, origin=ORIGIN)})
        elif self.path in FRAME_TOKENS:
            self.answer_frame_token(FRAME_TOKENS[self.path])
        elif self.path == "/sign-in" and form.get("person") in PEOPLE:
            cookie = f"person={form['person']}; Path=/; HttpOnly; SameSite=Lax"
            self.answer(b"", "text/plain", HTTPStatus.SEE_OTHER, {"Location": "/", "Set-Cookie": cookie})
        elif (found := re.fullmatch(r"/deals/([^/]+)/(plan|win)", self.path)) and found[1] in DEALS:
            self.answer_deal(lambda: getattr(WON, found[2])(found[1]))
        elif found := re.fullmatch(r"/deals/runs/([0-9a-f-]{36})/(continue|undo|undo-plan)", self.path):
            self.answer_deal(lambda: self.changed_run(found[1], found[2]))
        else:
            self.answer(b"No such address.", "text/plain", HTTPStatus.NOT_FOUND)

    def signed_in(self) -> str:
        """Whose session this is. Yours is a real one; this one believes its cookie."""
        try:
            cookie = SimpleCookie(self.headers.get("Cookie", "")).get("person")
        except CookieError:
            cookie = None
        return cookie.value if cookie and cookie.value in PEOPLE else "alice"

    def read_form(self) -> dict[str, str]:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), 1000) if length.isdecimal() else 0)
        return {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}

    def answer_events(self, after: str) -> None:
        """Those with a higher number as soon as there are some, or none after a while."""
        if not API_KEY:
            self.answer(b"", "text/plain", HTTPStatus.NO_CONTENT)
            return
        number = int(after) if after.isdecimal() and len(after) < 19 else 0
        self.answer_json({"events": EVENTS.after(number, timeout=20)})

    def answer_frame_token(self, token_of: Callable[[str, str], str | None]) -> None:
        """409 until an account is linked, 503 until there is a copy of it."""
        try:
            account_id = linked_account(TENANT) if API_KEY else None
            token = token_of(account_id, self.signed_in()) if account_id else None
        except OSError:
            account_id = token = ""
        if token:
            self.answer_json({"token": token})
        else:
            self.answer_json({}, HTTPStatus.CONFLICT if account_id is None else HTTPStatus.SERVICE_UNAVAILABLE)

    def changed_run(self, run_id: str, how: str) -> dict[str, Any]:
        return WON.go_on(run_id) if how == "continue" else WON.undo(run_id, dry_run=how == "undo-plan")

    def answer_deal(self, ask: Callable[[], dict[str, Any]]) -> None:
        """A run, or why there is none: `connect_url` where no Harvest account is linked yet."""
        try:
            self.answer_json(ask())
        except NotLinked as error:
            self.answer_json({"code": "not_linked", "connect_url": error.url}, HTTPStatus.CONFLICT)
        except HTTPError as error:
            self.answer_json(refusal_of(error), HTTPStatus(error.code))
        except OSError:
            text = {"code": "unavailable", "message": "The bridge is away."}
            self.answer_json(text, HTTPStatus.SERVICE_UNAVAILABLE)

    def answer_progress(self, run_id: str) -> None:
        """Passed on as it comes. The page begins anew where it ended, as EventSource does."""
        try:
            lines = WON.progress(run_id)
            first = next(lines)
        except (NotLinked, OSError, StopIteration):
            self.answer(b"", "text/plain", HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        with suppress(OSError):
            for line in chain([first], lines):
                self.wfile.write(line)

    def answer_json(self, value: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.answer(json.dumps(value).encode(), "application/json", status)

    def answer(
        self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    if API_KEY:
        EVENTS.start()
    print(f"Beacon on {ORIGIN}", flush=True)
    ThreadingHTTPServer((HOST, PORT), Board).serve_forever()
