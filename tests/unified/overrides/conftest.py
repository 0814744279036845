"""Mappings in this process: the children stay between tests, what was learnt of expressions does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from harvest_bridge.unified.overrides import circuit_breaker, evaluation
from harvest_bridge.unified.overrides.application import mapped
from harvest_bridge.unified.overrides.failures import Owner

OWNER = Owner("board", "acme")


@pytest.fixture(autouse=True)
def _nothing_is_paused_and_little_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(evaluation, "FIELD_CPU_SECONDS", 0.15)
    circuit_breaker.forget()
    yield
    circuit_breaker.forget()


def person(**remote: Any) -> dict[str, Any]:
    """A unified record with its built-in values, and Harvest's own."""
    remote = {"id": 7, "first_name": "Zoë", "telephone": "+49 30 1", "roles": ["Designer"]} | remote
    unified = {"id": str(remote["id"]), "name": remote["first_name"], "title": None, "emails": []}
    return unified | {"remote_data": remote}


def one(expression: str, *, field: str = "custom_fields.x", **remote: Any) -> Any:
    """What the expression makes of one record; its failure's code where it fails."""
    (answer,) = mapped(OWNER, "users", {field: expression}, [person(**remote)])
    errors = answer.get("mapping_errors")
    return errors[0]["code"] if errors else answer["custom_fields"]["x"] if "." in field else answer[field]
