"""Invariant 32: many deals, in pairs that race for one client, against a Harvest that fails and is edited by hand."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.provisioning import claims, services
from harvest_bridge.provisioning.models import Run, RunStatus
from harvest_bridge.provisioning.saga.runner import work_on
from harvest_bridge.sandbox.testing import RunningSandbox

from .faulty_harvest import FaultyHarvest, Killed, Write

Json = dict[str, Any]
_TASKS = ("Design", "Development", "Research", "Content", "Quality Assurance")
_PEOPLE = ("bruno", "carmen", "dev", "elif", "finn", "grace", "hana", "ivan")


@dataclass
class FaultRun:
    connection: Connection
    sandbox: RunningSandbox
    deals: int
    seed: int = 1
    workers: int = 1
    problems: list[str] = field(default_factory=list)
    stops: Counter[str] = field(default_factory=Counter)
    ahead: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.harvest = FaultyHarvest(self.sandbox, self.seed)
        self.harvest.before_write = self._people_come_last
        self.wanted = {f"deal-{number}": self._wanted(number) for number in range(self.deals)}
        self.planned: dict[str, list[Json]] = {}
        self.calm = FaultyHarvest(self.sandbox, self.seed, rate=0)

    def _wanted(self, number: int) -> Json:
        """Each pair is for one new client, and for a task that nobody has yet."""
        people = self.random.sample(_PEOPLE, 4)
        names = [*self.random.sample(_TASKS, 3), f"Workshop {number // 2:04}"]
        return {
            "client": {"name": f"{number // 2:04} Racing Client"},
            "project": {"name": f"Project {number:04}", "code": f"P-{number:04}", "budget_by": "project", "budget": 10},
            "tasks": [{"name": name} for name in names],
            "people": [{"email": f"{name}@fennelfinch.example"} for name in people],
            "invite_people": False,
        }

    def now(self) -> datetime:
        return timezone.now() + self.ahead

    def go(self) -> None:
        self._request_all()
        for _ in range(400):
            self._work()
            self.harvest.arrive()
            self._edit_by_hand()
            self._continue_what_stopped()
            self.ahead += timedelta(seconds=45)
            if not Run.objects.exclude(status=RunStatus.COMPLETED).exists():
                break
        self._look()

    def _request_all(self) -> None:
        for name, wanted in self.wanted.items():
            self.calm.now.deal = name
            planned = services.request_run(self.connection, wanted, external_id=name, dry_run=True, send=self.calm.send)
            self.planned[name] = [call for call in planned.plan["calls"] if call["is_write"]]
            for _ in range(2):  # the event comes twice
                services.request_run(self.connection, wanted, external_id=name)

    def _work(self) -> None:
        """Workers, each until nothing is due; one that is killed begins anew, as another process."""
        if self.workers == 1:
            self._work_as_one()
            return
        threads = [threading.Thread(target=self._work_in_thread) for _ in range(self.workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work_in_thread(self) -> None:
        try:
            self._work_as_one()
        finally:
            database.close()

    def _work_as_one(self) -> None:
        name = claims.worker_name()
        while (run := claims.claim(name, now=self.now())) is not None:
            self.harvest.now.deal = run.external_id
            try:
                work_on(run, send=self.harvest.send, clock=self.now)
            except Killed:
                self.stops["killed"] += 1
                Run.objects.filter(pk=run.pk, worker=name).update(worker="", heartbeat_at=None)
                name = claims.worker_name()

    def _edit_by_hand(self) -> None:
        """Somebody takes people and tasks off projects, adds others, and renames what is not of these deals."""
        account = self.sandbox.account
        with self.sandbox.world.lock:
            ours = [one for one in account.user_assignments if one.project.name.startswith("Project ")]
            if ours and self.random.random() < 0.5:
                account.user_assignments.remove(self.random.choice(ours))
                self.stops["a person taken off by hand"] += 1
            projects = [one for one in account.projects if one.name.startswith("Project ")]
            if projects:
                self.random.choice(projects).notes = f"edited {self.random.random()}"
                self.stops["notes edited by hand"] += 1

    def _continue_what_stopped(self) -> None:
        for run in Run.objects.filter(status=RunStatus.BLOCKED):
            if not run.error or not run.error.get("code") or not run.error.get("message"):
                self.problems.append(f"{run.external_id} is blocked without a reason")
            self.stops[f"blocked: {run.error['code']}"] += 1
            services.continue_run(run)

    def _people_come_last(self, deal: str, write: Write) -> None:
        """When somebody is put on a project, its tasks are all there."""
        if write.verb != "POST" or not write.path.endswith("/user_assignments"):
            return
        project_id = int(write.path.split("/")[3])
        with self.sandbox.world.lock:
            there = {one.task.name for one in self.sandbox.account.task_assignments if one.project.id == project_id}
        missing = {task["name"] for task in self.wanted[deal]["tasks"]} - there
        if missing:
            self.problems.append(f"{deal}: somebody could track before {sorted(missing)} were there")

    def _look(self) -> None:
        """What is there at the end, against what was asked and planned."""
        for run in Run.objects.exclude(status=RunStatus.COMPLETED):
            self.problems.append(f"{run.external_id} is {run.status}: {run.error}")
        with self.sandbox.world.lock:
            self._count("client", [one.name for one in self.sandbox.account.clients if "Racing" in one.name])
            self._count(
                "project",
                [
                    one.name
                    for one in self.sandbox.account.projects
                    if one.name.startswith("Project ") and len(one.name) == 12
                ],
            )
            self._count("task", [one.name for one in self.sandbox.account.tasks if one.name.startswith("Workshop")])
            pairs = [(one.project.id, one.user.id) for one in self.sandbox.account.user_assignments]
            self._count("assignment", [str(pair) for pair in pairs])
        self._compare()

    def _count(self, what: str, names: list[str]) -> None:
        self.problems += [
            f"{what} {name} is there {count} times" for name, count in Counter(names).items() if count > 1
        ]

    def _compare(self) -> None:
        """Each write of the journal is a planned one: of the dry run, or of a plan that somebody continued with."""
        for run in Run.objects.all():
            made = self.harvest.journal[run.external_id]
            steps = run.steps.filter(phase="do", request__isnull=False).exclude(request__verb="GET")
            allowed = Counter(step.request["verb"] for step in steps) + Counter(
                "POST" for step in run.steps.filter(fallback__isnull=False, is_made=True)
            )
            posts = sum(write.verb == "POST" for write in made)
            if run.error is None and posts > allowed["POST"] + self.stops["a person taken off by hand"]:
                self.problems.append(f"{run.external_id}: {posts} records made, {allowed['POST']} planned")
            if not self.is_replanned(run) and posts != sum(
                call["verb"] == "POST" for call in self.planned[run.external_id]
            ):
                self.problems.append(f"{run.external_id}: the journal is not the dry run")

    def is_replanned(self, run: Run) -> bool:
        return not run.agreed_digest
