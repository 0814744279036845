"""What Harvest's records and bodies look like: the one description behind /schema/, /docs/ and every typed client.

REFERENCE holds over Harvest's own OpenAPI file. Tests compare these tables with both, with recorded answers of real
accounts and with every answer of the sandbox.
"""

from __future__ import annotations

from . import estimates, expenses, invoices, people, reports, time, work
from .collection import Collection
from .kinds import Json

COLLECTIONS: dict[str, Collection] = {
    **people.PEOPLE,
    **work.WORK,
    **time.TIME,
    **expenses.EXPENSES,
    **invoices.INVOICES,
    **estimates.ESTIMATES,
    **reports.REPORTS,
}
_ASIDE = (people.ASIDE, work.ASIDE, time.ASIDE, expenses.ASIDE, invoices.ASIDE, estimates.ASIDE)


def schemas() -> Json:
    """Every component, by its name in OpenAPI."""
    found = {name: schema for part in _ASIDE for name, schema in part.items()}
    return found | {name: schema for one in COLLECTIONS.values() for name, schema in one.schemas().items()}
