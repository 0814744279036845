"""The data of the decision page: accounts, tabs, people with candidates, outcomes."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.http import urlencode

from harvest_bridge.connections.models import Connection, Kind

from . import queries
from .models import Identity, IdentityState
from .presentation import rows_for_people

_PAGE = 100
_FOUND = 8
_WAITING = "waiting"
TABS = {
    _WAITING: "To decide",
    IdentityState.UNMATCHED: "Unmatched",
    IdentityState.MATCHED: "Matched",
    "flagged": "Flagged",
    "all": "All",
}


def accounts_with_people() -> list[Connection]:
    """Account connections that have people, the one with most to decide first."""
    waiting = Q(identities__state__in=(IdentityState.SUGGESTED, IdentityState.AMBIGUOUS))
    rows = Connection.objects.select_related("host_app").filter(disconnected_at=None, kind=Kind.ACCOUNT)
    counted = rows.annotate(people=Count("identities"), waiting=Count("identities", filter=waiting))
    return list(counted.filter(people__gt=0).order_by("-waiting", "harvest_account_name", "pk"))


def chosen(accounts: list[Connection], wanted: str) -> Connection | None:
    """The account that the page names, or the first."""
    return next((one for one in accounts if str(one.pk) == wanted), accounts[0] if accounts else None)


def listed(connection: Connection, request: HttpRequest) -> dict[str, Any]:
    """What the template shows of one account."""
    tab = request.GET.get("tab", _WAITING)
    words, after = (request.GET.get(name, "").replace("\0", "") for name in ("q", "after"))
    # From one person on, not from a number on: whoever is decided leaves the list, and pages by number would skip.
    rows = queries.found_by(_in_tab(connection, tab), words).filter(external_id__gt=after)
    page = list(rows[: _PAGE + 1])
    counts = queries.counts_of(connection)
    flagged = queries.identities_of(connection).exclude(flag="").count()
    return {
        "tab": tab,
        "tabs": [(key, label, _count(key, counts, flagged)) for key, label in TABS.items()],
        "words": words,
        "after": after,
        "next": page[_PAGE - 1].external_id if len(page) > _PAGE else "",
        "rows": rows_for_people(connection, page[:_PAGE]),
        "run": queries.latest_run_of(connection),
        "query": urlencode({"connection": str(connection.pk), "tab": tab, "q": words}),
    }


def _in_tab(connection: Connection, tab: str) -> QuerySet[Identity]:
    rows = queries.identities_of(connection)
    if tab == "flagged":
        return rows.exclude(flag="")
    if tab in (IdentityState.MATCHED, IdentityState.UNMATCHED):
        return rows.filter(state=tab)
    return rows if tab == "all" else rows.filter(state__in=(IdentityState.SUGGESTED, IdentityState.AMBIGUOUS))


def _count(tab: str, counts: dict[str, int], flagged: int) -> int:
    waiting = counts[IdentityState.SUGGESTED] + counts[IdentityState.AMBIGUOUS]
    return {_WAITING: waiting, "flagged": flagged, "all": sum(counts.values())}.get(tab, counts.get(tab, 0))


def outcome(rows: list[Identity], failures: dict[str, str]) -> dict[str, Any]:
    """Shape: `{rows: {id: html}, failures: {id: words}, counts: {tab: number}}`, as all of it is after a decision."""
    if not rows:
        return {"rows": {}, "failures": {}, "counts": {}}
    connection = rows[0].connection
    fresh = list(queries.identities_of(connection).filter(pk__in=[row.pk for row in rows]))
    shown = {
        str(row["identity"].pk): render_to_string("unified/identities/_row.html", {"row": row, "may_decide": True})
        for row in rows_for_people(connection, fresh)
    }
    counts, flagged = queries.counts_of(connection), queries.identities_of(connection).exclude(flag="").count()
    return {"rows": shown, "failures": failures, "counts": {tab: _count(tab, counts, flagged) for tab in TABS}}


def users_found(connection: Connection, text: str) -> list[dict[str, Any]]:
    """Harvest users who may be chosen, each with who has them."""
    users = list(queries.harvest_users_found(connection, text)[:_FOUND])
    ids = [user.harvest_user_id for user in users]
    taken = queries.identities_of(connection).filter(harvest_user_id__in=ids)
    claimed = {row.harvest_user_id: str(row) for row in taken}
    return [
        {
            "id": user.harvest_user_id,
            "name": str(user),
            "email": user.email,
            "flag": user.flag.label if user.flag else "",
            "claimed_by": claimed.get(user.harvest_user_id),
        }
        for user in users
    ]
