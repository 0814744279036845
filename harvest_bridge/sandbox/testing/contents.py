"""What the world holds: who can track where, and which entries there are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.records import ExternalReference, Project, Task, TimeEntry, User
from harvest_bridge.sandbox.testing.handle import Handle


class Contents(Handle):
    def user(self, who: str, account: Account | int | None = None) -> User:
        """The person's user in one account, the agency unless another is named."""
        chosen = self._account(account)
        return chosen.users[self.identity(who).users[chosen.id] or 0]

    def pick(self, who: str, account: Account | int | None = None) -> tuple[Project, Task]:
        """A project and a task that the person can track to."""
        return self.picks(who, account)[0]

    def picks(self, who: str, account: Account | int | None = None) -> list[tuple[Project, Task]]:
        """Every project and task that the person can track to."""
        chosen, user = self._account(account), self.user(who, account)
        projects = [
            p.project for p in chosen.user_assignments if p.user is user and p.is_active and p.project.is_active
        ]
        return [
            (project, pair.task)
            for project in projects
            for pair in chosen.task_assignments
            if pair.project is project and pair.is_active and pair.task.is_active
        ]

    def entries(self, who: str, account: Account | int | None = None) -> list[TimeEntry]:
        """All time entries of a person, latest day first."""
        chosen = self._account(account)
        with self.world.lock:
            return sorted(chosen.time_entries.of_user(self.user(who, chosen).id), key=chosen.time_entries.order)

    def running(self, who: str, account: Account | int | None = None) -> TimeEntry | None:
        chosen = self._account(account)
        with self.world.lock:
            return chosen.time_entries.running_of(self.user(who, chosen).id)

    def entries_on(self, item_id: str, account: Account | int | None = None) -> list[TimeEntry]:
        """The entries whose external reference names this item."""
        with self.world.lock:
            return self._account(account).time_entries.of_reference(item_id)

    def add_entry(
        self,
        who: str,
        *,
        hours: str | Decimal = "1.00",
        spent_date: date | None = None,
        project: Project | None = None,
        task: Task | None = None,
        notes: str | None = None,
        item_id: str | None = None,
        permalink: str | None = None,
        account: Account | int | None = None,
    ) -> TimeEntry:
        """A finished entry, without asking the API."""
        chosen, user = self._account(account), self.user(who, account)
        with self.world.lock:
            project, task = (project, task) if project and task else self.pick(who, account)
            person_pair, task_pair = chosen.assignment_of(user, project), chosen.task_on(project, task)
            if person_pair is None or task_pair is None:
                raise LookupError(f"{user.name} cannot track {task.name} on {project.name}")
            stamp = self.world.clock.stamp()
            entry = TimeEntry(
                id=chosen.ids.next("time_entries"),
                created_at=stamp,
                updated_at=stamp,
                user=user,
                project=project,
                task=task,
                user_assignment=person_pair,
                task_assignment=task_pair,
                spent_date=spent_date or stamp.date(),
                hours=Decimal(hours).quantize(Decimal("0.01")),
                notes=notes,
                external_reference=_reference(item_id, permalink),
            )
            return chosen.time_entries.add(entry)


def _reference(item_id: str | None, permalink: str | None) -> ExternalReference | None:
    if item_id is None:
        return None
    return ExternalReference(id=item_id, group_id=None, account_id=None, permalink=permalink)
