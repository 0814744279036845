"""A run as a checklist: what is done, where it stands, why it stopped, and what helps, in operators' words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harvest_bridge.provisioning.models import AccountFacts, Action, Phase, Run, RunStatus, Step, StepStatus
from harvest_bridge.provisioning.presentation import serialize_step

Json = dict[str, Any]
STATUS_COLORS = {
    RunStatus.PLANNED: "info",
    RunStatus.QUEUED: "info",
    RunStatus.RUNNING: "info",
    RunStatus.WAITING: "warning",
    RunStatus.BLOCKED: "danger",
    RunStatus.COMPLETED: "success",
    RunStatus.UNDONE: "default",
    RunStatus.CANCELLED: "default",
}
_MARKS = {StepStatus.DONE: "✓", StepStatus.SENT: "…", StepStatus.FAILED: "✕", StepStatus.PENDING: "○"}
_KINDS = {
    "client": "Client",
    "contact": "Contact",
    "project": "Project",
    "task": "Task",
    "task_assignment": "Task on the project",
    "check_tasks": "Tasks compared",
    "rates": "Rates and budget of a task",
    "person_invited": "Invitation",
    "person": "Person on the project",
    "check_people": "People read again",
    "person_rates": "Person on the project",
    "check_project": "Project compared",
}
# What helps, by code; else it is said that a fix in Harvest and then `Continue` do.
_HELP = {
    "plan_changed": "Look at what would be done otherwise, below, then continue to go on with the new plan.",
    "ambiguous": "Choose one of the candidates: send the deal again with its id, or with create_new.",
    "code_taken": "Send the deal again with another code, or change the other project's code, then continue.",
    "right_missing": "Let somebody with the right link the account again, then continue.",
    "right_not_granted": "Link the account again with the right, then continue.",
    "plan_limit": "Archive a project in Harvest, or change its plan, then continue.",
    "needs_reauth": "Nothing but linking the account again helps; the run then goes on by itself.",
    "harvest_rate_limited": "Nothing need be done: it goes on by itself.",
    "harvest_unavailable": "Nothing need be done: it goes on by itself once Harvest answers.",
    "harvest_outcome_unknown": "Nothing need be done: what was sent is looked for before it is sent again.",
    "answer_lost": "Nothing need be done: what was sent is looked for before it is sent again.",
    "name_in_use": "Nothing need be done: another deal makes the same thing first.",
}
_USUAL_HELP = "Put it right in Harvest, or send the deal again with other values, then continue; or undo what was made."


@dataclass(frozen=True)
class Line:
    """One step. `state` is a colour of `hb-state`."""

    mark: str
    kind: str
    title: str
    words: str
    state: str
    is_here: bool
    link: str | None
    why: str


def lines_of(run: Run, phase: str) -> list[Line]:
    base = AccountFacts.objects.filter(pk=run.connection_id).values_list("base_uri", flat=True).first() or ""
    at = (run.error or {}).get("step")
    return [_line(step, base, is_here=step.key == at) for step in run.steps.filter(phase=phase).order_by("position")]


def _line(step: Step, base: str, *, is_here: bool) -> Line:
    shown = serialize_step(step, base)
    colors = {StepStatus.DONE: "success", StepStatus.FAILED: "danger", StepStatus.SENT: "warning"}
    return Line(
        mark=_MARKS[StepStatus(step.status)],
        kind=_KINDS.get(step.kind, step.kind),
        title="" if step.action == Action.READ else step.title,
        words=Action(step.action).label,
        state="danger" if is_here else colors.get(StepStatus(step.status), "default"),
        is_here=is_here,
        link=shown["link"],
        why=step.why or ", ".join(_change(one) for one in shown["changes"]),
    )


def _change(one: Json) -> str:
    return f"{one['field']}: {one['from']} → {one['to']}"


def picture_of(run: Run) -> Json:
    """For the page of one run."""
    error = run.error or {}
    steps = lines_of(run, Phase.DO)
    return {
        "run": run,
        "color": STATUS_COLORS[RunStatus(run.status)],
        "error": error,
        "help": _HELP.get(str(error.get("code")), _USUAL_HELP) if error else "",
        "problems": error.get("problems") or ([error] if error.get("candidates") else []),
        "differences": _differences(error.get("differences")),
        "lines": steps,
        "planned": [] if steps else [_planned(step) for step in (run.plan or {}).get("steps", [])],
        "undone": lines_of(run, Phase.UNDO),
        "done": sum(line.mark == "✓" for line in steps),
        "adds": (run.plan or {}).get("adds") or {},
        "is_open": run.status in (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING),
    }


def _planned(step: Json) -> Json:
    """In the words of the checklist."""
    title = "" if step["action"] == Action.READ else step["title"]
    words = {"kind": _KINDS.get(step["kind"], step["kind"]), "title": title, "action": Action(step["action"]).label}
    return {**words, "why": step.get("why") or ""}


def _differences(found: Any) -> list[str]:
    if isinstance(found, list):
        return [_change(one) for one in found]
    if not isinstance(found, dict):
        return []
    words = {"no_longer": "not any more", "besides": "besides"}
    return [f"{words[name]}: {call['verb']} {call['path']}" for name in words for call in found.get(name, [])]
