"""What a person may do in an account (REFERENCE §6)."""

from __future__ import annotations

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.records import Expense, Invoice, Project, TimeEntry, User


def holds(user: User, extra: str) -> bool:
    """An administrator holds every right; a manager those that were given one by one."""
    roles = user.access_roles
    return "administrator" in roles or ("manager" in roles and extra in roles)


class Rights:
    """The rights of one person, answered as yes-or-no questions in the words of the table in REFERENCE §6.2."""

    def __init__(self, account: Account, person: User) -> None:
        self.person = person
        self.is_administrator = "administrator" in person.access_roles
        self.is_manager = "manager" in person.access_roles
        self.sees_billable_rates = self.has("billable_rates_manager")
        self.sees_cost_rates = self.is_administrator
        self._account = account
        self._managed: set[int] | None = None
        self._led: set[int] | None = None

    def has(self, extra: str) -> bool:
        return holds(self.person, extra)

    @property
    def managed_projects(self) -> set[int]:
        if self._managed is None:
            pairs = self._account.user_assignments
            self._managed = {p.project.id for p in pairs if p.user is self.person and p.is_project_manager}
        return self._managed if self.is_manager else set()

    @property
    def teammates(self) -> set[int]:
        if self._led is None:
            self._led = {user.id for user in self.person.teammates}
        return self._led if self.is_manager else set()

    def leads(self, user: User) -> bool:
        return self.is_administrator or user.id in self.teammates

    def manages(self, project: Project) -> bool:
        return self.is_administrator or project.id in self.managed_projects

    def sees_entry(self, entry: TimeEntry) -> bool:
        return (
            self.is_administrator
            or entry.user is self.person
            or entry.user.id in self.teammates
            or entry.project.id in self.managed_projects
        )

    def sees_expense(self, expense: Expense) -> bool:
        return (
            self.is_administrator
            or expense.user is self.person
            or expense.user.id in self.teammates
            or expense.project.id in self.managed_projects
        )

    def sees_invoice(self, invoice: Invoice) -> bool:
        """A manager with an invoice permission sees those of managed projects, and his or her own."""
        projects = {item.project.id for item in invoice.line_items if item.project}
        return self.is_administrator or invoice.creator is self.person or bool(projects & self.managed_projects)

    def tracks_for(self, user: User, project: Project) -> bool:
        """May write time of `user` on `project`."""
        if self.is_administrator or user is self.person:
            return True
        return self.has("time_and_expenses_manager") and (self.leads(user) or self.manages(project))


def anyone(rights: Rights) -> bool:
    return True


def administrators(rights: Rights) -> bool:
    return rights.is_administrator


def managers(rights: Rights) -> bool:
    return rights.is_administrator or rights.is_manager


def client_managers(rights: Rights) -> bool:
    return rights.has("client_and_task_manager")


def project_creators(rights: Rights) -> bool:
    return rights.has("project_creator")


def invoice_drafters(rights: Rights) -> bool:
    return rights.has("managed_projects_invoice_drafter") or invoice_managers(rights)


def invoice_managers(rights: Rights) -> bool:
    return rights.has("managed_projects_invoice_manager")


def estimate_managers(rights: Rights) -> bool:
    return rights.has("estimates_manager")


def rate_managers(rights: Rights) -> bool:
    return rights.has("billable_rates_manager")
