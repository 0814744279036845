"""/unified/user-directory/…: resources that are read in ways of their own; `routes` makes all other views of rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.harvest.errors import HarvestNotFound, HarvestRejected
from harvest_bridge.harvest.operations.raw import get_raw, list_raw

from . import services
from .base import ListView, RecordView
from .filters import Narrowing
from .mapping import MappingContext
from .resources import GROUPS, ME, ORGANIZATIONS, USERS, UTILIZATION, WORKSPACES
from .services import ListAt

Json = dict[str, Any]


class UserListView(ListView):
    """People, also by what they belong to, which other lists of Harvest's tell: a manager's team, a project."""

    resource = USERS

    def narrowing(self) -> Narrowing:
        asked = {name: self._id(name) for name in self.resource.optional if self.given.get(name)}
        if asked.get("organization_id") == str(self.connection.harvest_account_id):
            del asked["organization_id"]
        return replace(super().narrowing(), belonging=asked)

    def narrowed(self, list_at: ListAt, wanted: Narrowing, around: MappingContext) -> Response:
        """Costs one request more for each thing to belong to, and each 2,000 who do."""
        _ = self._stretch
        found = [self._people(*asked) for asked in wanted.belonging.items()]
        among = frozenset(set.intersection(*found)) if found else None
        return super().narrowed(list_at, replace(wanted, among=among), around)

    def _people(self, name: str, wanted_id: str) -> set[str]:
        """The ids of who belongs there."""
        read = {"group_id": services.team_of, "workspace_id": services.people_of}.get(name)
        if read is None:
            return set()  # another organization's, of whom this account has none
        try:
            return read(self.harvest, wanted_id)
        except (HarvestNotFound, HarvestRejected) as error:
            error.message = f"{name}: {wanted_id} is none here. {error.message}"
            raise

    def _id(self, name: str) -> str:
        value = self.given[name]
        if not isinstance(value, str) or not value.isascii() or not value.isdigit():
            raise InvalidRequest(f"{name}: name one, by its id.")
        return value


class UserView(RecordView):
    resource = USERS

    def get(self, request: Request, record_id: str) -> Response:
        expand, path = self.chosen.expand, self.path(record_id)
        more = {"workspaces": services.workspaces_of(self.harvest, record_id)} if "workspaces" in expand else {}
        return self.one(self.harvest(get_raw(path)), self.around(**more))


class MeView(ListView):
    """A list of one: the person who linked the connection.

    Good for a minute (`Cache-Control: private, max-age=60`, and `Age`); `Cache-Control: no-cache` asks Harvest now.
    """

    resource = ME

    def get(self, request: Request) -> Response:
        wanted, expand = self.narrowing_here(), self.chosen.expand
        is_fresh = not {"no-cache", "no-store"} & _directives(request.headers.get("Cache-Control", ""))
        person, age = services.me(self.connection, self.harvest, is_fresh=is_fresh)
        more = {"workspaces": services.workspaces_of(self.harvest, "me")} if "workspaces" in expand else {}
        response = self.part([person], wanted, self.around(**more))
        response["Cache-Control"], response["Age"] = f"private, max-age={services.ME_SECONDS}", str(age)
        return response


class OrganizationListView(ListView):
    """A list of one: Harvest's company."""

    resource = ORGANIZATIONS

    def get(self, request: Request) -> Response:
        wanted, around = self.narrowing_here(), self.around()
        return self.part([self.harvest(get_raw(self.resource.path))], wanted, around)


class OrganizationView(RecordView):
    resource = ORGANIZATIONS

    def path(self, wanted: str) -> str:
        """Harvest's company has no id; the account's is the only one there is. Errors: HarvestNotFound."""
        own = str(self.connection.harvest_account_id)
        if wanted != own:
            raise HarvestNotFound(f"There is no organization {wanted[:40]!r}; this connection's is {own}.")
        return self.resource.path


class GroupListView(ListView):
    """The managers who have a team. To a manager Harvest shows none of them, which would pass for there being none."""

    resource = GROUPS

    def get(self, request: Request) -> Response:
        wanted, around = self.narrowing_here(), self.around()
        self.require("list")
        return self.part(services.groups(self.harvest), wanted, around)


class GroupView(RecordView):
    """One manager's team, with its people."""

    resource = GROUPS

    def get(self, request: Request, record_id: str) -> Response:
        around = self.around()
        return self.one(services.group(self.harvest, record_id), around)


class WorkspaceListView(ListView):
    """Projects; with `user_id`, those that this person may track time to."""

    resource = WORKSPACES

    @property
    def _user_id(self) -> str:
        return str(self.given.get("user_id", ""))

    @property
    def remote(self) -> tuple[str, ...]:
        """One person's projects take less than all projects do, and one's own take nothing (REFERENCE §4.4)."""
        if not self._user_id:
            return super().remote
        return () if self._user_id == "me" else ("updated_since",)

    def narrowing(self) -> Narrowing:
        if self._user_id and self.given.get("status"):
            raise InvalidRequest("status: the projects of one person are the active ones; leave it out.")
        return super().narrowing()

    def list_at(self, query: Json) -> ListAt:
        if not self._user_id:
            return super().list_at(query)
        path = services.assignments_path(self._user_id)
        return lambda at, size: list_raw(path, "project_assignments", at, per_page=size, filters=query)


class UtilizationView(ListView):
    """Hours and capacity of everybody who worked between two days, both included; at most a year. One report.

    To a member Harvest reports their own hours, which would pass for the whole team's.
    """

    resource = UTILIZATION

    def get(self, request: Request) -> Response:
        wanted, around = self.narrowing_here(), self.around()
        self.require("list")
        return self.part(services.worked(self.harvest, self.list_at({})), wanted, around)

    def around(self, **more: Any) -> MappingContext:
        start, end = (self._day(name) for name in self.resource.required)
        if not 0 <= (end - start).days < 366:
            raise InvalidRequest("end_date: must be no earlier than start_date, and at most a year later.")
        return super().around(start_date=start.isoformat(), end_date=end.isoformat(), **more)

    def list_at(self, query: Json) -> ListAt:
        row = self.resource
        asked = {**query, "from": self._day("start_date"), "to": self._day("end_date")}
        return lambda at, size: list_raw(row.path, row.key, at, per_page=size, budget=Budget.REPORTS, filters=asked)

    def _day(self, name: str) -> date:
        text = str(self.given.get(name, ""))
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise InvalidRequest(f"{name}: name a day such as 2026-11-24, not {text[:40]!r}.") from error


def _directives(header: str) -> set[str]:
    return {word.partition("=")[0].strip().lower() for word in header.split(",")}
