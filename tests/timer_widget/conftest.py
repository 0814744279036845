"""A linked person and a choice to track to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from timer_widget.clicks import recording

from .node import node_packages
from .people import session

__all__ = ["node_packages"]


@pytest.fixture(autouse=True)
def _time_for_a_click(monkeypatch: pytest.MonkeyPatch) -> None:
    """A click waits for Harvest's own limit: a busy machine may need more than eight seconds."""
    monkeypatch.setattr(recording, "_TIMEOUT_SECONDS", 60.0)


@pytest.fixture
def carmen(board: NewHostApp, link: Callable[..., Connection]) -> APIClient:
    """Carmen's widget, with a Harvest account of her own linked."""
    link("carmen", board.host_app, user_id="carmen")
    return session(board)


@pytest.fixture
def pick(sandbox: RunningSandbox) -> dict[str, int]:
    project, task = sandbox.pick("carmen")
    return {"project_id": project.id, "task_id": task.id}
