"""The browser that our tests use is as strict as the strictest that people use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from tests.browsers import BrowserErrors

FRAMED = b"<script>document.cookie = 'framed=1; SameSite=None; Secure'</script>"


class TwoSites(BaseHTTPRequestHandler):
    """One server under two names: `localhost` is framed by a page on 127.0.0.1, another site."""

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        framing = f'<iframe src="http://localhost:{port}/framed"></iframe>'.encode()
        body = FRAMED if self.path == "/framed" else framing if self.path == "/framing" else b""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests keep their output to themselves."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), TwoSites) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_page_of_our_own_may_set_a_cookie(port: int, page: Page) -> None:
    page.goto(f"http://localhost:{port}/framed")
    assert page.evaluate("document.cookie") == "framed=1"


def test_a_frame_on_another_site_neither_sets_nor_sees_a_cookie(port: int, page: Page) -> None:
    page.goto(f"http://localhost:{port}/framed")
    page.goto(f"http://127.0.0.1:{port}/framing")
    assert page.frames[1].evaluate("document.cookie") == ""


def test_an_error_in_a_page_is_noticed_unless_it_was_expected(page: Page, browser_errors: BrowserErrors) -> None:
    page.set_content("<script>console.error('broken')</script>")
    assert [line for line in browser_errors.unexpected() if "broken" in line]
    browser_errors.expect("broken")
    assert browser_errors.unexpected() == []
