"""The plan as values: steps, the calls that they make, and problems that are in the way."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from harvest_bridge.provisioning.models import Action

Json = dict[str, Any]

# In this order things are made: people last, so that nobody tracks to a half-made project.
ORDER = (
    "client",
    "contact",
    "project",
    "task",
    "task_assignment",
    "check_tasks",
    "rates",
    "person_invited",
    "person",
    "check_people",
    "person_rates",
    "check_project",
)


@dataclass(frozen=True)
class Call:
    """One request to Harvest. `{client}`, `{project}` and such in path and body stand for ids that come to be."""

    verb: str
    path: str
    body: Json | None = None

    def serialize(self) -> Json:
        return {"verb": self.verb, "path": self.path, "body": self.body}


@dataclass(frozen=True)
class Problem:
    """Why a deal cannot be provisioned as it stands. `field` is the field of the body that is to be mended."""

    code: str
    field: str
    message: str
    needs: str = ""
    candidates: tuple[Json, ...] = ()

    def serialize(self) -> Json:
        found: Json = {"code": self.code, "field": self.field, "message": self.message}
        found |= {"needs": self.needs} if self.needs else {}
        return found | ({"candidates": list(self.candidates)} if self.candidates else {})


@dataclass
class Draft:
    """One step. `fields` are `{"field", "from", "to"}`: of a change, or of what Harvest attaches itself."""

    kind: str
    key: str
    title: str
    action: Action
    field: str = ""
    why: str = ""
    harvest_id: int | None = None
    call: Call | None = None
    fields: list[Json] = default(default_factory=list)
    known: list[int] = default(default_factory=list)
    problem: Problem | None = None
    # Of an assignment: whom or what it assigns, as an id or as the key of an id that comes to be.
    subject: int | str = 0
    # What is sent where Harvest does not attach it itself after all.
    fallback: Call | None = None

    def serialize(self) -> Json:
        return {
            "kind": self.kind,
            "key": self.key,
            "title": self.title,
            "action": str(self.action),
            "field": self.field,
            "why": self.why or None,
            "harvest_id": self.harvest_id,
            "changes": self.fields if self.action == Action.CHANGE else [],
            "problem": self.problem.serialize() if self.problem else None,
        }


@dataclass
class Plan:
    """Shape: `reads` are the paths that are read before anything is written. `notes` are what else will be so.

    `left_over` is what an earlier body asked for and this one does not: it stays.
    """

    drafts: list[Draft]
    reads: list[str] = default(default_factory=list)
    notes: list[str] = default(default_factory=list)
    left_over: list[Json] = default(default_factory=list)

    def __post_init__(self) -> None:
        self.drafts.sort(key=lambda draft: ORDER.index(draft.kind))

    @property
    def problems(self) -> list[Problem]:
        return [draft.problem for draft in self.drafts if draft.problem is not None]

    @property
    def writes(self) -> list[Json]:
        return [draft.call.serialize() for draft in self.drafts if draft.call is not None and draft.call.verb != "GET"]

    @property
    def digest(self) -> str:
        """Of what it changes, in its order: plans of equal digest do the same to Harvest."""
        return hashlib.sha256(json.dumps(self.writes, sort_keys=True).encode()).hexdigest()

    def calls(self) -> Iterator[Json]:
        """Every request of the run, in order. `is_write` tells which of them change Harvest."""
        for path in self.reads:
            yield {"verb": "GET", "path": path, "body": None, "step": "preflight", "is_write": False}
        for draft in self.drafts:
            if draft.call is not None:
                yield draft.call.serialize() | {"step": draft.key, "is_write": draft.call.verb != "GET"}

    def adds(self) -> dict[str, int]:
        made = Counter(draft.kind for draft in self.drafts if draft.action == Action.CREATE)
        return {"clients": made["client"], "projects": made["project"], "tasks": made["task"]}

    def serialize(self) -> Json:
        is_blocked = bool(self.problems)
        return {
            "digest": self.digest,
            "is_blocked": is_blocked,
            "problems": [problem.serialize() for problem in self.problems],
            "adds": self.adds(),
            "steps": [draft.serialize() for draft in self.drafts],
            "calls": [] if is_blocked else list(self.calls()),
            "notes": self.notes,
            "not_asked_for": self.left_over,
        }
