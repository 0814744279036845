"""Traces: from a browser's click, through a Harvest that is away, to the worker's replay; or none at all."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import Bridge, running_bridge

from .fault_harness import link
from .people import ITEM, click

TRACE, CLICK = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"

pytestmark = pytest.mark.any_database


class Collector(ThreadingHTTPServer):
    """Takes spans by OTLP/HTTP, as protobuf."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receives)
        self.spans: list[Any] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def find(self, name: str, **attributes: Any) -> Any:
        """A span of the click's trace with these attributes, once it is there."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            for span in list(self.spans):
                if span.trace_id.hex() == TRACE and span.name == name and attributes.items() <= told_by(span).items():
                    return span
            time.sleep(0.1)
        raise AssertionError(f"{name} never came; there are {sorted(span.name for span in self.spans)}")


def told_by(span: Any) -> dict[str, Any]:
    """Its attributes, `http.status` as `http_status`."""
    return {each.key.replace(".", "_"): getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


class _Receives(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector
        collector.shutdown()


@pytest.fixture
def harvest() -> Iterator[RunningSandbox]:
    with running_sandbox(entries=20) as sandbox:
        yield sandbox


@pytest.fixture
def traced(tmp_path: Path, harvest: RunningSandbox, collector: Collector) -> Iterator[Bridge]:
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    with running_bridge(tmp_path, harvest_url=harvest.url, with_worker=True, **settings) as bridge:
        yield bridge


def words_of(span: Any) -> str:
    """All of it but the ids, whose random bytes may read like anything."""
    told = type(span)()
    told.CopyFrom(span)
    for name in ("trace_id", "span_id", "parent_span_id"):
        told.ClearField(name)
    return str(told)


def test_one_trace_leads_from_the_click_through_an_outage_to_the_workers_replay(
    traced: Bridge, harvest: RunningSandbox, collector: Collector
) -> None:
    link(traced, harvest, "acme")
    given = {"token": traced.widget_token(sub="carmen"), "origin": traced.host_origin}
    session = httpx.post(f"{traced.url}/timer/session", json=given, trust_env=False).json()["session"]
    project, task = harvest.pick("carmen")
    harvest.fault("status", path="/v2/time_entries*", status=503, times=None)
    headers = {"Authorization": f"Bearer {session}", "traceparent": f"00-{TRACE}-{CLICK}-01"}
    pressed = click(item=ITEM, project_id=project.id, task_id=task.id, notes="Salary talk with Carmen")
    answer = httpx.post(f"{traced.url}/timer/start", json=pressed, headers=headers, trust_env=False, timeout=60)
    assert answer.status_code == 202
    request = collector.find("POST timer", http_status=202)
    assert request.parent_span_id.hex() == CLICK
    assert told_by(request)["http_route"] == "/timer/start"
    harvest.clear_faults()
    call = collector.find("Harvest POST /v2/time_entries", http_status=201)
    replay = collector.find("click start", click_replay=True)
    assert replay.parent_span_id == request.span_id
    assert call.parent_span_id in {span.span_id for span in collector.spans if span.name == "click start"}
    assert harvest.requests("POST", "/v2/time_entries")[-1].headers["traceparent"] == (
        f"00-{TRACE}-{call.span_id.hex()}-01"
    )
    said = "".join(map(words_of, collector.spans))
    for secret in (session, "Salary", "Carmen", "@", "Bearer", ITEM["name"], traced.host["api_key"]):
        assert secret not in said


def test_without_an_endpoint_nothing_of_it_is_imported(bridge: Bridge) -> None:
    """redis looks for the API of OpenTelemetry by itself; what makes and sends spans stays away."""
    names = ("opentelemetry.exporter", "opentelemetry.sdk.trace")
    code = f"import sys, harvest_bridge.asgi; print([name for name in sys.modules if name.startswith({names})])"
    assert bridge.manage("shell", "--no-imports", "-c", code).strip() == "[]"
