"""Adds up what work earned and cost, by the groups of one question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.coverage import Coverage, is_whole
from harvest_bridge.insights.currencies import account_currency
from harvest_bridge.insights.records.assignments import budgets_by_project, hours_budget
from harvest_bridge.insights.records.days import day_number, stretches
from harvest_bridge.insights.records.invoices import InvoicedLine, lines_between
from harvest_bridge.insights.records.projects import Project, projects_of
from harvest_bridge.insights.records.time_sums import Asked, Worked, sums
from harvest_bridge.mirror.models import Expense, TimeEntry

from .definitions import ACCRUAL
from .exchange import Exchange
from .fees import Piece, earned, spread
from .lines import Line
from .names import Name, Names
from .query_parameters import By, Question

_MICROS = 1_000_000
_KEYS = {By.TASK: "task_id", By.PERSON: "user_id"}


@dataclass(frozen=True, slots=True)
class Slice:
    """Days within which neither the month changes, where that matters, nor an exchange rate."""

    first: int
    last: int


class Books:
    """Shape: `lines` by group, `total` of everything, `missing` counts what is unknown, by name."""

    def __init__(self, connection: Connection, question: Question, coverage: Coverage) -> None:
        self.question, self.mirror = question, coverage.mirror
        self.projects = projects_of(self.mirror)
        self.account_currency = account_currency(self.mirror)
        self.missing: dict[str, int] = defaultdict(int)
        self._names = Names(question.by, self.mirror, self.projects)
        self._exchange = Exchange(connection)
        self._wanted = self._wanted_projects()
        self._lines: dict[str, Line] = {}
        self._known: dict[tuple[int, int, int], Line] = {}
        self._shares: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._budgeted: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        self._invoices = list(self._invoiced()) if is_whole(coverage.streams["invoices"]) else None
        self.total = Line("all")
        self._fill()

    @property
    def lines(self) -> list[Line]:
        if self.question.by is By.MONTH:
            return [self._lines[key] for key in sorted(self._lines)]
        return sorted(self._lines.values(), key=lambda line: ((line.name or "").casefold(), line.id))

    def _fill(self) -> None:
        for part in self.slices():
            key = _KEYS.get(self.question.by, "")
            for worked in sums(Asked(self.mirror, part.first, part.last, self._wanted, key)):
                self._add_time(part, worked)
            self._add_expenses(part)
        self._add_fees()
        self._add_invoices()

    def slices(self) -> list[Slice]:
        asked = self.question
        first, last = day_number(asked.first), day_number(asked.last)
        months = {one.first for one in stretches(asked.first, asked.last, "month")} if asked.by is By.MONTH else set()
        cuts = [first, *sorted(day for day in months | self._exchange.days() if first < day <= last)]
        return [Slice(at, end - 1) for at, end in zip(cuts, [*cuts[1:], last + 1], strict=True)]

    def _wanted_projects(self) -> list[int] | None:
        """Those that the filters leave; None where there are none."""
        asked = self.question
        if not asked.project_ids and not asked.client_ids:
            return None
        return [
            one.id
            for one in self.projects.values()
            if (not asked.project_ids or one.id in asked.project_ids)
            and (not asked.client_ids or one.client_id in asked.client_ids)
        ]

    def _line(self, project_id: int, key: int, day: int) -> Line:
        asked = (project_id, key, day if self.question.by is By.MONTH else 0)
        if asked not in self._known:
            self._known[asked] = self._named(self._names.of(project_id, key, day))
        return self._known[asked]

    def _named(self, name: Name) -> Line:
        return self._lines.setdefault(name.id, Line(name.id, name.name, dict(name.more)))

    def _add(self, line: Line, figure: str, amount: Fraction | None, currency: str, day: int) -> None:
        """To the line and the total, in the currency that was asked for."""
        target = self.question.currency or currency
        rate = self._exchange.rate(currency, target, day)
        if rate is None and amount:
            self.missing["amounts_without_exchange_rate"] += 1
        converted = (
            None if amount is None else amount * rate if rate is not None else Fraction(0) if not amount else None
        )
        for one in (line, self.total):
            one.add(figure, converted, target)

    def _add_time(self, part: Slice, worked: Worked) -> None:
        project = self.projects.get(worked.project_id)
        line, currency = self._line(worked.project_id, worked.key, part.first), project.currency if project else ""
        for one in (line, self.total):
            one.hours += worked.rounded
            one.billable_hours += worked.rounded if worked.is_billable else 0
            one.hours_by_currency[self.question.currency or currency] += worked.rounded
        if project is not None and project.is_fixed_fee:
            self._shares[project.id][line.id] += worked.rounded
            self._budgeted[project.id][part.first] += worked.budgeted
        self._add_value(line, part, worked, project, currency)
        self._add_cost(line, part, worked, currency)

    def _add_value(self, line: Line, part: Slice, worked: Worked, project: Project | None, currency: str) -> None:
        if not worked.is_billable:
            return
        has_rates = project is None or project.bill_by != "none"
        value: Fraction | None = worked.value
        if worked.without_billable_rate and has_rates:
            self.missing["entries_without_billable_rate"] += worked.without_billable_rate
            value = None
        if project is None or not project.is_fixed_fee:
            self._add(line, "revenue", value, currency, part.first)
        if not worked.is_billed:
            self._add(line, "uninvoiced", value, currency, part.first)

    def _add_cost(self, line: Line, part: Slice, worked: Worked, currency: str) -> None:
        target = self.question.currency or currency
        self.missing["entries_without_cost_rate"] += worked.without_cost_rate
        cost: Fraction | None = None if worked.without_cost_rate else worked.cost
        rate = self._exchange.rate(self.account_currency, target, part.first)
        if rate is None and worked.cost:
            self.missing["labour_costs_without_exchange_rate"] += 1
        converted = None if cost is None else Fraction(0) if not cost else None if rate is None else cost * rate
        for one in (line, self.total):
            one.add("labour_cost", converted, target)
            one.own_cost += worked.cost
            one.is_own_cost_unknown |= cost is None

    def _add_expenses(self, part: Slice) -> None:
        rows = Expense.objects.filter(mirror=self.mirror, day__gte=part.first, day__lte=part.last).order_by()
        rows = rows if self._wanted is None else rows.filter(project_id__in=self._wanted)
        by_person = ["user_id"] if self.question.by is By.PERSON else []
        for *key, project_id, is_billable, is_billed, total in rows.values_list(
            *by_person, "project_id", "is_billable", "is_billed"
        ).annotate(total=Sum("total_cost_micros")):
            project = self.projects.get(project_id)
            currency, amount = project.currency if project else "", Fraction(int(total), _MICROS)
            line = self._line(project_id, key[0] if key else 0, part.first)
            self._add(line, "expenses", amount, currency, part.first)
            if is_billable and self._earns_expenses(project):
                self._add(line, "revenue", amount, currency, part.first)
            if is_billable and not is_billed:
                self._add(line, "uninvoiced", amount, currency, part.first)

    def _earns_expenses(self, project: Project | None) -> bool:
        return self.question.definition is ACCRUAL or project is None or not project.is_fixed_fee

    def _add_fees(self) -> None:
        fixed = (one for one in self.projects.values() if one.is_fixed_fee)
        for project in fixed:
            if self._wanted is None or project.id in self._wanted:
                for piece in self._pieces(project):
                    for line_id, amount in self._shared(project, piece):
                        self._add(self._lines[line_id], "revenue", amount, project.currency, piece.first)

    def _pieces(self, project: Project) -> list[Piece]:
        """Nothing where neither its days nor any work lie in the range."""
        parts = self.slices()
        if self.question.definition is ACCRUAL:
            return self._earned(project, parts) if project.id in self._shares else []
        pieces = [Piece(part.first, part.last, spread(project, part.first, part.last)) for part in parts]
        if any(piece.amount is None for piece in pieces):
            if project.id not in self._shares:
                return []
            self.missing["projects_without_fee_or_dates"] += 1
            return pieces[:1]
        return [piece for piece in self._or_invoiced(project, pieces) if piece.amount is None or piece.amount]

    def _or_invoiced(self, project: Project, pieces: list[Piece]) -> list[Piece]:
        """What was invoiced in the range, where that is more than the days' part of the fee."""
        if self._invoices is None:
            self.missing["fixed_fees_without_invoices"] += 1
            return [Piece(pieces[0].first, pieces[-1].last, None)]
        mine = [Piece(one.day, one.day, self._in_own(project, one)) for one in self._invoices_of(project)]
        if any(piece.amount is None for piece in mine):
            self.missing["fixed_fees_invoiced_in_other_currencies"] += 1
            return [Piece(pieces[0].first, pieces[-1].last, None)]
        both = [sum((piece.amount or Fraction(0) for piece in some), Fraction(0)) for some in (pieces, mine)]
        return mine if both[1] > both[0] else pieces

    def _invoices_of(self, project: Project) -> Iterator[InvoicedLine]:
        return (one for one in self._invoices or [] if one.project_id == project.id and one.amount)

    def _in_own(self, project: Project, one: InvoicedLine) -> Fraction | None:
        """In the project's currency, which need not be the invoice's; None where no exchange rate leads there."""
        rate = self._exchange.rate(one.currency, project.currency, one.day)
        return None if rate is None else one.amount * rate

    def _earned(self, project: Project, parts: list[Slice]) -> list[Piece]:
        budget, before = self._budget(project), self._budgeted_before(project, parts[0].first)
        pieces = []
        for part in parts:
            during = Fraction(self._budgeted[project.id][part.first], _MICROS)
            pieces.append(Piece(part.first, part.last, earned(project, budget, before, during)))
            before += during
        if any(piece.amount is None for piece in pieces):
            self.missing["projects_without_fee_or_budgeted_hours"] += 1
            return pieces[:1]
        return pieces

    def _budget(self, project: Project) -> Fraction | None:
        tasks = budgets_by_project(self.mirror, "task_assignments") if project.budget_by == "task" else {}
        people = budgets_by_project(self.mirror, "user_assignments") if project.budget_by == "person" else {}
        found = hours_budget(project.budget_by, project.budget, tasks.get(project.id), people.get(project.id))
        return None if found is None else Fraction(found)

    def _budgeted_before(self, project: Project, first: int) -> Fraction:
        rows = TimeEntry.objects.filter(mirror=self.mirror, project_id=project.id, day__lt=first, is_budgeted=True)
        return Fraction(int(rows.aggregate(total=Sum("rounded_hours_micros"))["total"] or 0), _MICROS)

    def _shared(self, project: Project, piece: Piece) -> Iterator[tuple[str, Fraction | None]]:
        """Among tasks or people by their hours in the range; else it is of one line."""
        shares = self._shares.get(project.id, {})
        whole = sum(shares.values())
        if self.question.by not in _KEYS or not whole:
            yield self._line(project.id, 0, piece.first).id, piece.amount
            return
        for line_id, hours in shares.items():
            yield line_id, None if piece.amount is None else piece.amount * hours / whole

    def _invoiced(self) -> Iterator[InvoicedLine]:
        asked = self.question
        for one in lines_between(self.mirror, day_number(asked.first), day_number(asked.last)):
            is_asked_for = self._wanted is None or one.project_id in self._wanted
            is_of_client = not asked.project_ids and one.project_id is None and one.client_id in asked.client_ids
            if is_asked_for or is_of_client:
                yield one

    def _add_invoices(self) -> None:
        if self._invoices is None:
            self.missing["invoices_not_known"] += 1
            return
        for one in self._invoices:
            line = self._line_of_invoice(one)
            for figure, amount in (("invoiced", one.amount), ("write_offs", one.written_off)):
                self._add(line, figure, amount, one.currency, one.day)

    def _line_of_invoice(self, one: InvoicedLine) -> Line:
        """One of nobody by task and person, whom invoices do not tell apart: there the total alone has them."""
        if self.question.by in _KEYS:
            return Line("nobody")
        return self._named(self._names.of_invoice(one.project_id, one.client_id, one.day))

    @property
    def knows_invoices(self) -> bool:
        return self._invoices is not None
