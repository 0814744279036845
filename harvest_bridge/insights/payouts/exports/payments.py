"""What is to be transferred for a closed period: one payment for each person and currency."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from harvest_bridge.insights.payouts.errors import CannotExport
from harvest_bridge.insights.payouts.models import Payee, Period, Statement
from harvest_bridge.insights.payouts.people import Person, people_of
from harvest_bridge.mirror.models import Mirror


@dataclass(frozen=True)
class Wishes:
    """What the caller of a payer's file says besides its format."""

    currency: str = ""
    source_currency: str = ""
    debtor: dict[str, Any] | None = None
    execution_date: date | None = None


@dataclass(frozen=True)
class Payment:
    statement: Statement
    currency: str
    amount: Decimal
    payee: Payee
    person: Person

    @property
    def name(self) -> str:
        return self.payee.name or self.statement.person_name

    @property
    def email(self) -> str:
        return self.payee.email or self.statement.person_email

    @property
    def reference(self) -> str:
        """Without spaces, and the same whenever it is written: `PAYOUT-12`."""
        return f"PAYOUT-{self.statement.sequence}"


@dataclass
class Payments:
    """Shape: `due` are positive; `left_out` counts sums of zero and less, which no payer transfers."""

    due: list[Payment] = field(default_factory=list)
    left_out: int = 0

    def of_one_currency(self, wishes: Wishes) -> list[Payment]:
        """Errors: CannotExport where there are several and none is named."""
        if len(codes := sorted({one.currency for one in self.due})) > 1:
            raise CannotExport(f"currency: a file holds one, and these are {', '.join(codes)}; name one of them.")
        return self.due

    def require(self, what: str, lacking: list[Payment]) -> None:
        """Errors: CannotExport, which names for whom it lacks."""
        if lacking:
            named = ", ".join(f"{one.statement.person_name} ({one.statement.user_id})" for one in lacking[:10])
            raise CannotExport(
                f"{what}: lacks for {named}; set it with PUT /insights/payouts/payees/{{user_id}}.",
                user_ids=[one.statement.user_id for one in lacking],
            )


def payments_of(period: Period, wishes: Wishes) -> Payments:
    """In the order of statements; of one currency, where one is wished for."""
    payees = {one.user_id: one for one in Payee.objects.filter(connection=period.connection_id)}
    mirror = Mirror.objects.filter(connection=period.connection_id).first()
    persons = people_of(mirror) if mirror else {}
    found = Payments()
    for statement in Statement.objects.filter(period=period):
        payee = payees.get(statement.user_id) or Payee(connection_id=period.connection_id, user_id=statement.user_id)
        person = persons.get(statement.user_id) or _by_name(statement)
        for total in statement.totals:
            payment = Payment(statement, total["currency"], Decimal(total["amount"]), payee, person)
            _sort_in(found, payment, wishes)
    return found


def _sort_in(found: Payments, payment: Payment, wishes: Wishes) -> None:
    if wishes.currency not in ("", payment.currency) or payment.amount <= 0:
        found.left_out += 1
    else:
        found.due.append(payment)


def _by_name(statement: Statement) -> Person:
    """Of somebody whom the mirror no longer knows."""
    first, _, last = statement.person_name.rpartition(" ")
    return Person(statement.user_id, first or last, last if first else "", statement.person_email, True, False)
