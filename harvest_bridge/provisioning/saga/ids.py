"""Ids that come to be on the way, put where a request leaves room for them."""

from __future__ import annotations

from typing import Any

from harvest_bridge.provisioning.models import Phase, Run, Step, StepStatus

Json = dict[str, Any]
_REFERENCES = ("client_id", "task_id", "user_id")  # the fields of a body that hold ids of others


class Ids:
    """By the keys of steps; `{key}` stands for one in a path, or as a whole value of a field that is a reference."""

    def __init__(self, run: Run) -> None:
        done = run.steps.filter(phase=Phase.DO, status=StepStatus.DONE, harvest_id__isnull=False)
        self._by_key = {step.key: int(step.harvest_id or 0) for step in done}
        self._by_key |= {"client": run.client_id} if run.client_id else {}
        self._by_key |= {"project": run.project_id} if run.project_id else {}

    def note(self, key: str, harvest_id: int) -> None:
        self._by_key[key] = harvest_id

    def of(self, key: str) -> int | None:
        return int(key) if key.isdigit() else self._by_key.get(key)

    def path(self, text: str) -> str:
        for key, value in self._by_key.items():
            text = text.replace(f"{{{key}}}", str(value))
        return text

    def body(self, body: Json | None) -> Json | None:
        return None if body is None else {name: self._value(name, value) for name, value in body.items()}

    def _value(self, name: str, value: Any) -> Any:
        is_open = name in _REFERENCES and isinstance(value, str)
        return self._by_key.get(value.strip("{}"), value) if is_open else value

    def subject(self, step: Step) -> int:
        """The user or task that an assignment assigns; 0 while that has no id."""
        return self.of(step.subject) or 0
