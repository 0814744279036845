"""What Harvest carried out, deal by deal, beside the plans that were shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from harvest_bridge.sandbox.journal import Received
from harvest_bridge.sandbox.testing import RunningSandbox

Json = dict[str, Any]
Write = tuple[str, str, str]  # verb, path and body as JSON
_PROJECT = re.compile(r"^/v2/projects/(\d+)")
_OF_PAIRS = ("/v2/clients", "/v2/tasks")


@dataclass
class Deal:
    """Shape: `plans` are those that were shown, the dry run's first; `taken_off` are people removed by hand."""

    name: str
    wanted: Json
    plans: list[Json] = field(default_factory=list)
    is_planned_anew: bool = False
    run_ids: set[str] = field(default_factory=set)
    taken_off: set[int] = field(default_factory=set)

    @property
    def pair(self) -> int:
        return int(self.name.removeprefix("deal-")) // 2

    def keep(self, plan: Json | None, *, is_new: bool = False) -> None:
        self.is_planned_anew |= is_new
        self.plans += [plan] if plan else []


def written(verb: str, path: str, body: Any) -> Write:
    return verb, path, msgspec.json.encode(body, order="deterministic").decode()


class Journals:
    """Shape: `made` has, by deal, the writes that were carried out, in order; `of_pairs` those of clients and tasks."""

    def __init__(self, sandbox: RunningSandbox, deals: dict[str, Deal]) -> None:
        self.sandbox, self.deals = sandbox, deals
        self.problems: list[str] = []
        self.as_planned = self.as_continued = 0
        self.made: dict[str, list[Write]] = {name: [] for name in deals}
        self.of_pairs: Counter[tuple[int, str]] = Counter()
        self._deal_of_project = {
            project.id: f"deal-{int(project.name.split()[1])}"
            for project in sandbox.account.projects
            if project.name.startswith("Project ") and project.name.removeprefix("Project ").isdigit()
        }
        self._writes = [one for one in sandbox.requests() if one.path.startswith("/v2/") and one.method != "GET"]
        for received in self._writes:
            if 200 <= (received.outcome or 0) < 300:
                self._sort(received)

    def _sort(self, received: Received) -> None:
        body = msgspec.json.decode(received.body) if received.body else None
        if received.path in _OF_PAIRS:
            self.of_pairs[int(re.sub(r"\D", "", body["name"])), received.path] += 1
        elif received.path == "/v2/projects":
            self.made[f"deal-{int(body['code'].removeprefix('P-'))}"].append(written("POST", received.path, body))
        elif (found := _PROJECT.match(received.path)) and (deal := self._deal_of_project.get(int(found[1]))):
            self.made[deal].append(written(received.method, received.path, body))
        else:
            self.problems.append(f"nobody planned {received.method} {received.path} {body}")

    def compare(self, deal: Deal, run: Json) -> None:
        """The writes of the deal are those of its dry run, or, where Harvest had changed, of a plan shown since."""
        if run["status"] != "completed":
            self.problems.append(f"{deal.name} is {run['status']}: {run['error']}")
        made, ids = Counter(self.made[deal.name]), _ids_of(run)
        made = Counter({one: 1 if _is_put_back(one, deal) else count for one, count in made.items()})
        shown = [Counter(_writes(plan, ids)) for plan in [*deal.plans, run["plan"]]]
        if not deal.is_planned_anew and deal.plans:
            self._require(deal, made == shown[0], "the journal is not the dry run", made, shown[0])
            self.as_planned += 1
            return
        allowed = set().union(*shown)
        again = [one for one, count in made.items() if count > 1]
        self._require(deal, not again, "was done twice", again, "")
        besides = [one for one in made if one not in allowed]
        self._require(deal, not besides, "was in no plan", besides, allowed)
        self.as_continued += 1

    def _require(self, deal: Deal, is_so: bool, what: str, found: object, planned: object) -> None:
        if not is_so:
            projects = [str(number) for number, name in self._deal_of_project.items() if name == deal.name]
            all_writes = [
                f"{one.at:%X} {one.target} {one.body!r} {one.fault} {one.outcome}/{one.status}"
                for one in self._writes
                if any(number in one.path for number in projects)
            ]
            self.problems.append(f"{deal.name}: {what}: {found} / {planned}; " + "\n".join(all_writes))

    def compare_pairs(self) -> None:
        """One new client and one new task for each pair, made by whichever deal came first."""
        for pair in {deal.pair for deal in self.deals.values()}:
            for path in _OF_PAIRS:
                if self.of_pairs[pair, path] != 1:
                    self.problems.append(f"pair {pair}: {self.of_pairs[pair, path]} of {path} were made")

    def count_records(self) -> None:
        """Nothing is there twice; everything that was asked is there."""
        account = self.sandbox.account
        with self.sandbox.world.lock:
            self._once("client", (one.name.casefold() for one in account.clients if "racing" in one.name.casefold()))
            self._once("project", (one.name for one in account.projects if one.name.startswith("Project ")))
            self._once("task", (one.name for one in account.tasks if one.name.startswith("Workshop")))
            self._once("person", (f"{one.user.id} on {one.project.name}" for one in account.user_assignments))
            self._once("task", (f"{one.task.id} on {one.project.name}" for one in account.task_assignments))
            for project in account.projects:
                if deal := self.deals.get(self._deal_of_project.get(project.id, "")):
                    tasks = {one.task.name for one in account.task_assignments if one.project is project}
                    people = {one.user.email for one in account.user_assignments if one.project is project}
                    gone = {user.email for user in account.users if user.id in deal.taken_off}
                    missing = {task["name"] for task in deal.wanted["tasks"]} - tasks
                    missing |= {person["email"] for person in deal.wanted["people"]} - people - gone
                    self.problems += [f"{deal.name}: without {sorted(missing)}"] if missing else []

    def _once(self, what: str, names: Iterable[str]) -> None:
        self.problems += [f"{what} {name}: {count} times" for name, count in Counter(names).items() if count > 1]


def _ids_of(run: Json) -> Json:
    ids = {step["key"]: step["harvest_id"] for step in run["steps"] if step["harvest_id"]}
    return ids | {"client": run["client"]["id"], "project": run["project"]["id"]}


def _writes(plan: Json, ids: Json) -> list[Write]:
    """The calls of a plan about the project, with the ids that came to be."""
    found = []
    for call in plan["calls"]:
        if call["is_write"] and call["path"] not in _OF_PAIRS:
            path = re.sub(r"\{([^}]*)\}", lambda key: str(ids.get(key[1])), call["path"])
            body = {
                name: ids.get(value[1:-1], value) if isinstance(value, str) and value.startswith("{") else value
                for name, value in call["body"].items()
            }
            found.append(written(call["verb"], path, body))
    return found


def _is_put_back(write: Write, deal: Deal) -> bool:
    """Somebody took this person off in between: assigned again is not assigned twice."""
    return "/user_assignments" in write[1] and msgspec.json.decode(write[2]).get("user_id") in deal.taken_off
