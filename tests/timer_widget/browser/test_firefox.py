"""Firefox, with third-party cookies blocked: load, connect, start, stop (E21, E23)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .conftest import element, marked
from .firefox import Firefox, firefox, until
from .stub import Bridge, Host, eventually


@pytest.fixture(scope="module")
def engine() -> Iterator[Firefox]:
    with firefox() as running:
        yield running


def show(engine: Firefox, stub: Bridge, host: Host, body: str) -> None:
    script = f'<script src="{stub.origin}/assets/platform.js" data-token-url="/harvest-token"></script>'
    engine.goto(host.show(f"<!doctype html><meta charset=utf-8><title>x</title>{body}{script}"))


KIND = "document.querySelector('harvest-timer').dataset.harvestState"
CLICK = "document.querySelector('harvest-timer').shadowRoot.firstChild.click()"
PANEL = "/platform/timer"


def test_a_timer_starts_and_stops(engine: Firefox, stub: Bridge, host: Host) -> None:
    stub.suggested = {"project_id": 13, "task_id": 501, "from": "host"}  # type: ignore[dict-item]
    show(engine, stub, host, element('project-id="13" task-id="501"') + marked())
    until(engine, KIND, "ready")
    engine.run(CLICK)
    until(engine, KIND, "running")
    until(engine, "document.querySelector('span.harvest-timer').className", "harvest-timer styled running")
    engine.run(CLICK)
    until(engine, KIND, "ready")
    assert [name for name, _ in stub.sent] == ["session", "start", "stop"]


def test_the_panel_opens_and_starts_what_is_chosen_there(engine: Firefox, stub: Bridge, host: Host) -> None:
    stub.suggested = {"project_id": 13, "task_id": 501, "from": "recent"}  # type: ignore[dict-item]
    show(engine, stub, host, element())
    until(engine, KIND, "ready")
    engine.run(CLICK)
    until(engine, "!!document.querySelector('input[role=combobox]')?.value", frame=PANEL)
    engine.run("[...document.querySelectorAll('button')].find((e) => /Start timer/.test(e.textContent)).click()", PANEL)
    until(engine, KIND, "running")
    until(engine, "document.querySelector('dialog').open", wanted=False)


def test_connecting_ends_in_a_ready_panel(engine: Firefox, stub: Bridge, host: Host) -> None:
    stub.status = "none"
    show(engine, stub, host, element())
    until(engine, KIND, "signed-out")
    engine.run(CLICK)
    until(engine, "/Connect Harvest/.test(document.body.textContent)", frame=PANEL)
    engine.run("[...document.querySelectorAll('button')].find((e) => /Connect/.test(e.textContent)).click()", PANEL)
    eventually(lambda: any(name == "connect" for name, _ in stub.sent))
    stub.status = "active"
    until(engine, KIND, "ready")
    until(engine, "!!document.querySelector('input[role=combobox]')", frame=PANEL)


def test_nothing_but_the_constructed_stylesheet_is_needed(engine: Firefox, stub: Bridge, host: Host) -> None:
    policy = f"default-src 'none'; script-src {stub.origin}; frame-src {stub.origin}; connect-src 'self'"
    script = f'<script src="{stub.origin}/assets/platform.js" data-token-url="/harvest-token"></script>'
    page = f"<!doctype html><title>x</title>{element()}{script}"
    engine.goto(host.show(page, "/strict", Content_Security_Policy=policy))
    until(engine, KIND, "ready")
    height = "document.querySelector('harvest-timer').shadowRoot.firstChild.getBoundingClientRect().height"
    assert engine.run(height) == 30
