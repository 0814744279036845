"""Two little sites for the widget's tests: a bridge that answers as CONTRACTS say, and a host page on another site.

The bridge is `localhost`, the host is `127.0.0.1`: to a browser these are two sites, so every rule for
third-party frames holds.
"""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from rest_framework.exceptions import ValidationError

from timer_widget import serializers
from timer_widget.projects.named_choice import named_choice

SCRIPTS = {"controller.html": "frame", "panel.html": "panel"}
ROOT = Path(__file__).parents[3]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates" / "timer_widget"
FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "require-trusted-types-for 'script'; frame-ancestors {origin}"
)
# What the bridge itself would take.
INPUTS = {
    "POST session": serializers.SessionInput,
    "POST totals": serializers.TotalsInput,
    "POST start": serializers.StartInput,
    "POST stop": serializers.StopInput,
    "POST entry": serializers.AddInput,
    "PATCH entry": serializers.EditInput,
    "DELETE entry": serializers.DeleteInput,
    "POST beginning": serializers.MoveInput,
    "POST undo": serializers.UndoInput,
    "POST forgotten": serializers.AnswerInput,
    "POST clicks/decision": serializers.DecisionInput,
    "POST project": serializers.ProjectInput,
}
Answer = tuple[int, dict[str, str], bytes]
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css", ".html": "text/html; charset=utf-8"}


class Site(ABC):
    """A server on a free port, with a list of what it was asked."""

    host = "127.0.0.1"

    def __init__(self, port: int = 0) -> None:
        self.requests: list[str] = []
        self.under_way: set[BaseHTTPRequestHandler] = set()
        self.is_down = False
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that http.server calls

            def log_message(self, *args: object) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: object, client_address: object) -> None:
                """A browser that went away is not news."""

        self.server = Server(("127.0.0.1", port), Handler)
        self.origin = f"http://{self.host}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        if self.is_down:
            handler.close_connection = True
            return
        self.requests.append(f"{handler.command} {handler.path}")
        self.under_way.add(handler)
        try:
            status, headers, payload = (
                (204, {}, b"")
                if handler.path == "/favicon.ico"
                else self.respond(handler.command, handler.path, dict(handler.headers), body)
            )
        finally:
            self.under_way.discard(handler)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    @abstractmethod
    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Status, headers and body for one request."""


class Host(Site):
    """The host application: whatever page a test writes, and a token endpoint."""

    def __init__(self, port: int = 0) -> None:
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.tokens = 0
        super().__init__(port)

    def show(self, html: str, path: str = "/", **headers: str) -> str:
        self.pages[path] = (html, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.origin + path

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        if path == "/harvest-token":
            self.tokens += 1
            return 200, {"Content-Type": "application/json"}, json.dumps({"token": f"token-{self.tokens}"}).encode()
        html, extra = self.pages.get(urlsplit(path).path, ("", {}))
        kind = TYPES[".js"] if path.endswith(".js") else TYPES[".html"]
        return 200 if html else 404, {"Content-Type": kind, **extra}, html.encode()


class Stream(queue.Queue[str]):
    """An open stream of states, which goes on after the event of `last_id`."""

    last_id: str | None = None
    is_open = True

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        try:
            while text := self.get():
                handler.wfile.write(text.encode())
                handler.wfile.flush()
        except OSError:
            return
        finally:
            self.is_open = False

    def end(self) -> None:
        self.put("")


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        self.status, self.code, self.message, self.headers = status, code, message, headers


class Bridge(Site):
    """The timer's own API over one person's time, kept in memory."""

    host = "localhost"

    def __init__(self) -> None:
        self.hurry = threading.Event()
        self.streams: list[Stream] = []
        super().__init__()
        self.forget()

    def close(self) -> None:
        self.end_streams()
        super().close()

    def end_streams(self) -> None:
        for stream in self.streams:
            stream.end()

    def forget(self) -> None:
        """Everything as on the first day; what still waits is answered first."""
        self.hurry.set()
        self.end_streams()
        eventually(lambda: not self.under_way)
        self.hurry = threading.Event()
        self.status = "active"
        self.running: dict[str, Any] | None = None
        self.is_known = True
        self.person = "1"
        self.keeps_running = False  # whether the last known timer is told where nothing can be read
        self.totals: dict[tuple[str, str | None], int] = {}
        self.others: dict[tuple[str, str | None], int] | None = None  # for who may see everybody's time
        self.since: str | None = None
        self.totals_asked: list[list[str]] = []  # the ids of each question
        self.projects: list[dict[str, Any]] = some_projects()
        self.suggested: dict[str, Any] | None = None
        self.recent: list[dict[str, int]] = []
        self.may_create_project = False
        self.mode = "hours"
        self.clock: str | None = None
        self.timezone = "Etc/UTC"
        self.entries: list[dict[str, Any]] = []
        self.deleted: list[dict[str, Any]] = []
        self.last_stop: str | None = None
        self.history: list[dict[str, Any]] = []
        self.history_asked = 0
        self.language = ("en", "ltr")
        self.accent = ""
        self.refusals: dict[str, Refusal] = {}
        self.delays: dict[str, float] = {}
        self.held: dict[str, threading.Event] = {}  # whose next answer is on its way until then
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.answered: dict[str, tuple[int, dict[str, Any]]] = {}  # by the click's key
        self.queues = False  # whether clicks are taken and done later
        self.clicks: list[dict[str, Any]] = []
        self.notices: list[dict[str, Any]] = []
        self.heartbeats = 0
        self.forgotten: list[dict[str, Any]] = []
        self.reminder: dict[str, Any] | None = None
        self.undone: dict[str, Callable[[], Any]] = {}
        self.streams = []
        self.last_event = 0
        self.sessions = 0
        self.guests_may_enter = False  # as if their browser kept an earlier sign-in
        self.live_sessions: set[str] = set()
        self.clock_offset = timedelta()
        self.connect_page = "<!doctype html><title>Harvest</title><h1>Allow access?</h1>"
        self.connect_headers: dict[str, str] = {}
        self.last_entry = 100

    def now(self) -> datetime:
        return datetime.now(UTC) + self.clock_offset

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        if handler.path != "/timer/stream" or self.is_down:
            super().answer(handler)
            return
        self.requests.append(f"{handler.command} {handler.path}")
        stream = Stream()
        stream.last_id = handler.headers.get("Last-Event-ID")
        stream.put(": hello\n\n")
        self.streams.append(stream)
        stream.serve(handler)

    def push(self) -> None:
        """Tells every open stream what is true now."""
        self.last_event += 1
        for stream in self.streams:
            stream.put(f"id: {self.last_event}\ndata: {json.dumps(self.state())}\n\n")

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        url = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path in ("/assets/platform.js", "/assets/shortcuts.js"):
            cors = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
            file = STATIC / "timer_widget" / url.path.removeprefix("/assets/")
            return 200, {"Content-Type": TYPES[".js"], **cors}, file.read_bytes()
        if url.path.startswith("/static/"):
            file = STATIC / url.path.removeprefix("/static/")
            headers_out = {"Content-Type": TYPES[file.suffix], "Cache-Control": "max-age=3600"}
            return 200, {**headers_out, "Cross-Origin-Resource-Policy": "cross-origin"}, file.read_bytes()
        if url.path in ("/platform/controller", "/platform/timer"):
            return self.frame(
                {"/platform/controller": "controller.html", "/platform/timer": "panel.html"}[url.path], query
            )
        if url.path == "/connect":
            return 200, {"Content-Type": TYPES[".html"], **self.connect_headers}, self.connect_page.encode()
        if url.path.startswith("/timer/"):
            return self.api(method, url.path.removeprefix("/timer/"), query, headers, body)
        return 404, {}, b"not here"

    def frame(self, name: str, query: dict[str, str]) -> Answer:
        html = (TEMPLATES / name).read_text()
        html = re.sub(r"\{% load \w+ %\}", "", html)
        language, direction = self.language
        suffix = "" if language == "en" else f".{language}"
        html = html.replace("{% static script %}", f"/static/timer_widget/{SCRIPTS[name]}{suffix}.js")
        html = html.replace("{{ language }}", language).replace("{{ direction }}", direction)
        html = re.sub(r"\{% static '([^']+)' %\}", r"/static/\1", html)
        html = html.replace("{{ look.theme }}", "auto").replace("{{ look.accent }}", self.accent)
        html = html.replace("{{ origin }}", query.get("origin", ""))
        headers = {
            "Content-Type": TYPES[".html"],
            "Content-Security-Policy": FRAME_POLICY.format(origin=query.get("origin", "'none'")),
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Embedder-Policy": "require-corp",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "max-age=60",
        }
        return 200, headers, html.encode()

    def api(self, method: str, name: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> Answer:
        self.hurry.wait(self.delays.get(name, 0))
        value = json.loads(body or b"{}")
        if name == "totals":
            self.totals_asked.append([item["id"] for item in value["items"]])
        elif name == "heartbeat":
            self.heartbeats += 1
        elif method != "GET":
            self.sent.append((name, value))
        try:
            if "Cookie" in headers:
                raise Refusal(400, "cookie", "A cookie came along.")
            if name in self.refusals:
                raise self.refusals[name]
            if name != "session" and headers.get("Authorization", "").removeprefix("Bearer ") not in self.live_sessions:
                raise Refusal(401, "timer_session_expired", "The session has ended.")
            if name == "history.csv":
                return 200, {"Content-Type": "text/csv; charset=utf-8"}, b"clicked_at,kind\r\n"
            check_body(f"{method} {name}", value)
            status, said = self.once(name, {**query, **value, "method": method})
            text = json.dumps(said)  # what is true now, whenever it arrives
            if name in self.held:
                self.held.pop(name).wait(120)
        except Refusal as refusal:
            status = refusal.status
            said = {"statusCode": status, "error": "Refused", "message": refusal.message, "code": refusal.code}
            return status, {"Content-Type": "application/json", **refusal.headers}, json.dumps(said).encode()
        return status, {"Content-Type": "application/json", "Cache-Control": "no-store"}, text.encode()

    def once(self, name: str, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """A click is done once, however often it is sent; while `queues`, it is only taken."""
        do = getattr(self, f"do_{name.replace('-', '_').replace('/', '_')}")
        key = value.get("idempotency_key")
        if key in self.answered:
            return 200, {**self.answered[key][1], "state": self.state()}
        if key and self.queues:
            if key not in self.undone:
                self.undone[key] = lambda: do(value)
                self.clicks.append(serialize_click(name, value))
            return 202, {"state": None, "click": next(each for each in self.clicks if each["key"] == key)}
        answer: tuple[int, dict[str, Any]] = do(value)
        if key:
            self.answered[key] = answer
        return answer

    def catch_up(self) -> None:
        """Does the clicks that were only taken, and tells every open stream."""
        self.queues = False
        for key, do in self.undone.items():
            self.answered[key] = do()
        self.undone, self.clicks = {}, []
        self.push()

    def fail(self, code: str, message: str, *choices: str) -> None:
        """The clicks that were only taken turn out to be impossible."""
        for click in self.clicks:
            click.update(status="failed", code=code, message=message, choices=list(choices))
        self.push()

    def do_clicks_decision(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        key = value["key"]
        self.clicks = [click for click in self.clicks if click["key"] != key]
        do = self.undone.pop(key)
        if value["decision"] != "drop":
            do()
        return 200, {"state": self.state()}

    def state(self, item: dict[str, Any] | None = None) -> dict[str, Any]:
        key = item and (item["id"], item.get("group_id"))
        total = None
        if item and key:
            seconds = self.totals.get(key, 0) + (self.elapsed() if self.runs_for(item) else 0)
            total = {"id": item["id"], "group_id": item.get("group_id"), "seconds": seconds}
        account = "Fernwood Studio" if self.status == "active" else None
        return {
            "person": {"id": self.person, "name": "Alice Winter", "email": "alice@example.com"},
            "connection": {
                "status": self.status,
                "harvest_account_name": account,
                "timesheet_url": "https://fernwood.harvestapp.example/time" if account else None,
            },
            "running": self.running if self.is_known or self.keeps_running else None,
            "is_known": self.is_known,
            "clicks": self.clicks,
            "notices": self.notices,
            "forgotten": self.forgotten,
            "item": total,
            "server_now": self.now().isoformat().replace("+00:00", "Z"),
        }

    def runs_for(self, item: dict[str, Any]) -> bool:
        mine = (self.running or {}).get("item") or {}
        return bool(mine) and (mine["id"], mine.get("group_id")) == (item["id"], item.get("group_id"))

    def elapsed(self) -> int:
        assert self.running
        started = datetime.fromisoformat(self.running["started_at"])
        return int((self.now() - started).total_seconds()) + int(self.running["seconds_before"])

    def run(
        self, item: dict[str, Any] | None, seconds: int = 0, notes: str = "", project: int = 0, task: int = 0
    ) -> None:
        chosen = self.projects[project]
        self.last_entry += 1
        self.running = {
            "entry_id": self.last_entry,
            "item": item and {key: item.get(key) for key in ("id", "group_id", "account_id", "permalink")},
            "client": chosen["client"],
            "project": {"id": chosen["id"], "name": chosen["name"]},
            "task": {key: chosen["tasks"][task][key] for key in ("id", "name")},
            "notes": notes,
            "started_at": (self.now() - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z"),
            "seconds_before": 0,
        }

    def halt(self) -> None:
        if self.running and self.running["item"]:
            key = (self.running["item"]["id"], self.running["item"]["group_id"])
            self.totals[key] = self.totals.get(key, 0) + self.elapsed()
        self.running = None

    def linked(self) -> None:
        if self.status != "active":
            raise Refusal(409, "connection_required", "Connect Harvest first.")

    def do_session(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not value.get("token") and not value.get("code") and not self.guests_may_enter:
            return 200, {"session": None, "expires_in": 0, "state": None}
        self.sessions += 1
        session = f"hb_ts_{self.sessions}"
        self.live_sessions.add(session)
        return 200, {"session": session, "expires_in": 900, "state": self.state(), "reminder": self.reminder}

    def forget_to_stop(self, *, status: str = "open") -> dict[str, Any]:
        """The running timer has been running for 14 hours; the last sign of its person was 6 hours ago."""
        assert self.running

        def ago(hours: float) -> str:
            return (self.now() - timedelta(hours=hours)).isoformat().replace("+00:00", "Z")

        open_answers = ["stop", "continue", "move", "keep"]
        names = {name: self.running[name] for name in ("entry_id", "item", "client", "project", "task", "notes")}
        found = names | {
            "id": str(UUID(int=self.running["entry_id"])),
            "status": status,
            "reason": "work_day",
            "began_at": ago(14),
            "due_at": ago(4),
            "found_at": ago(4),
            "likely_stop_at": ago(6),
            "stopped_at": ago(3) if status == "stopped" else None,
            "reversible_until": ago(-24 * 7) if status == "stopped" else None,
            "answers": open_answers if status == "open" else ["restore", "accept"],
        }
        self.forgotten.append(found)
        if status == "stopped":
            self.halt()
        return found

    def do_forgotten(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.forgotten = [each for each in self.forgotten if each["id"] != value["forgotten_id"]]
        if value["answer"] == "stop":
            self.halt()
        return 200, {"state": self.state()}

    def do_heartbeat(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 200, {}

    def do_state(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        item = {"id": value["item_id"], "group_id": value.get("group_id")} if "item_id" in value else None
        return 200, self.state(item)

    def do_totals(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.linked()

        def row(item: dict[str, Any]) -> dict[str, Any]:
            key = (item["id"], item.get("group_id"))
            mine = self.totals.get(key, 0)
            return {**item, "mine": mine, "everyone": None if self.others is None else mine + self.others.get(key, 0)}

        return 200, {"since": self.since, "others_since": None, "items": [row(item) for item in value["items"]]}

    def do_projects(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.linked()
        return 200, {
            "projects": self.projects,
            "suggested": self.suggestion(value),
            "recent": self.recent,
            "may_create_project": self.may_create_project,
        }

    def suggestion(self, value: dict[str, Any]) -> dict[str, Any] | None:
        """The page's own word, as the server reads it; else what a test says."""
        named = named_choice(self.projects, value)
        if named:
            return named | {"from": "host"}
        return self.suggested and {"from": "recent", **self.suggested}

    def do_suggestion(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.linked()
        return 200, {"suggested": self.suggestion(value)}

    def do_day(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.linked()
        today = self.now().date().isoformat()
        return 200, {
            "date": today,
            "today": today,
            "mode": self.mode,
            "clock": self.clock,
            "timezone": self.timezone,
            "seconds": sum(entry["seconds"] for entry in self.entries),
            "entries": self.entries,
            "last_stop": self.last_stop,
        }

    def do_history(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.history_asked += 1
        return 200, {
            "events": self.history,
            "next": None,
            "includes_others": True,
            "kept_since": "2025-11-29T12:00:00Z",
        }

    def do_start(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.linked()
        project = next(i for i, each in enumerate(self.projects) if each["id"] == value["project_id"])
        task = next(i for i, each in enumerate(self.projects[project]["tasks"]) if each["id"] == value["task_id"])
        before = self.running
        self.halt()
        self.run(value["item"], notes=value["notes"], project=project, task=task)
        stopped = before and {"entry_id": before["entry_id"], "project": before["project"], "task": before["task"]}
        return 201, {"state": self.state(value["item"]), "stopped": stopped and {**stopped, "hours": "1.2"}}

    def do_stop(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if not self.running or (value.get("start_key") is None and self.running["entry_id"] != value["entry_id"]):
            raise Refusal(422, "harvest_rejected", "This timer is not running any more.")
        self.halt()
        return 200, {"state": self.state(value["item"])}

    def do_entry(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if value["method"] == "POST":
            seconds = round(float(value.get("hours") or 1) * 3600)
            self.add(seconds, notes=value["notes"], project_id=value["project_id"])
            key = (value["item"]["id"], value["item"]["group_id"])
            self.totals[key] = self.totals.get(key, 0) + seconds
            return 201, {"state": self.state(value["item"]), "entry": self.entries[0]}
        if self.running and self.running["entry_id"] == value["entry_id"]:
            self.running["notes"] = value["notes"]
            return 200, {"state": self.state()}
        entry = next(each for each in self.entries if each["entry_id"] == value["entry_id"])
        if value["method"] == "DELETE":
            self.entries.remove(entry)
            self.deleted.append(entry)
        else:
            entry.update(notes=value["notes"], seconds=round(float(value["hours"]) * 3600))
        return 200, {"state": self.state(), "entry": entry}

    def add(self, seconds: int, notes: str = "", project_id: int = 13, lock: str = "") -> None:
        chosen = next(each for each in self.projects if each["id"] == project_id)
        self.last_entry += 1
        self.entries.insert(
            0,
            {
                "entry_id": self.last_entry,
                "spent_date": self.now().date().isoformat(),
                "client": chosen["client"],
                "project": {"id": chosen["id"], "name": chosen["name"]},
                "task": {key: chosen["tasks"][0][key] for key in ("id", "name")},
                "notes": notes,
                "seconds": seconds,
                "started_time": None,
                "ended_time": None,
                "is_running": False,
                "lock": lock
                and {"reason": lock, "message": f"Item {lock.capitalize()} and Locked for this Time Period"},
            },
        )

    def do_beginning(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        assert self.running
        self.running["started_at"] = value["started_at"]
        return 200, {"state": self.state()}

    def do_undo(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if value.get("previous_id"):
            self.run({"id": "OPS-1", "group_id": None}, seconds=90)
        else:
            self.entries.insert(0, self.deleted.pop())
        return 200, {"state": self.state()}

    def do_project(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        one = self.projects[0]
        self.projects = [*self.projects, one | {"id": 99, "name": value["name"], "code": None}]
        self.suggested = {"project_id": 99, "task_id": one["tasks"][0]["id"]}
        return 201, {"project_id": 99}

    def do_sign_out(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.status = "none"
        self.running = None
        return 200, {"state": self.state()}

    def do_connect(self, value: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return 201, {"url": f"{self.origin}/connect"}


def check_body(question: str, value: dict[str, Any]) -> None:
    """Errors: Refusal."""
    try:
        if question in INPUTS:
            INPUTS[question].validated(value)
    except ValidationError as refused:
        raise Refusal(400, "invalid_request", str(refused.detail)) from refused


def serialize_click(name: str, value: dict[str, Any]) -> dict[str, Any]:
    item = value.get("item")
    return {
        "key": value["idempotency_key"],
        "kind": name,
        "item": item and {"id": item["id"], "group_id": item.get("group_id")},
        "entry_id": value.get("entry_id"),
        "start_key": value.get("start_key"),
        "clicked_at": value["clicked_at"],
        "status": "pending",
        "code": None,
        "message": None,
        "choices": [],
    }


def some_projects() -> list[dict[str, Any]]:
    """A believable agency's assignments."""
    names = ["Design", "Development", "Project management", "Research"]
    tasks = [{"id": 500 + i, "name": name, "billable": i != 2} for i, name in enumerate(names)]
    rows = [
        ("Aldermoor Museum", "Spring exhibition site", "ALM-24"),
        ("Aldermoor Museum", "Ticketing kiosk", "ALM-31"),
        ("Brightwater Co-op", "Member app", None),
        ("Brightwater Co-op", "Website relaunch", "BWC-02"),
        ("Café Noémie", "Menu and brand refresh", "NOE-1"),
        ("Fernwood Studio", "Internal", None),
        ("Harbour & Vale LLP", "Client portal, phase two: documents and signatures", "HVL-7"),
    ]
    clients = sorted({client for client, _, _ in rows})
    return [
        {
            "id": 10 + i,
            "name": name,
            "code": code,
            "client": {"id": clients.index(client) + 1, "name": client},
            "tasks": tasks if name != "Internal" else [{"id": 900, "name": "Admin", "billable": False}],
        }
        for i, (client, name, code) in enumerate(rows)
    ]


def eventually(claim: Callable[[], object], seconds: float = 60.0) -> object:
    """Waits until `claim` holds, and answers with what it said."""
    until = time.monotonic() + seconds
    while not (said := claim()):
        if time.monotonic() > until:
            raise AssertionError("it did not come true in time")
        time.sleep(0.03)
    return said
