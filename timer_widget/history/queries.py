"""Whose clicks somebody may see, newest first, page by page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from harvest_bridge.api.errors import InvalidRequest
from timer_widget.access import access_of
from timer_widget.display.totals import may_see_everyone
from timer_widget.models import Intent, IntentStatus, Person, TimerSession

PAGE = 50
_SETTLED_IN_HARVEST = (IntentStatus.DONE,)


@dataclass(frozen=True)
class Scope:
    """Of an item, or of everything where `item_id` is empty."""

    item_id: str = ""
    group_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def filters(self) -> dict[str, Any]:
        filters: dict[str, Any] = {"item_id": self.item_id, "group_id": self.group_id} if self.item_id else {}
        filters |= {"clicked_at__gte": self.since} if self.since else {}
        return filters | ({"clicked_at__lt": self.until} if self.until else {})


def clicks_seen_by(session: TimerSession, scope: Scope) -> tuple[QuerySet[Intent], bool]:
    """The person's own clicks, on what their session may time; and whether those of others are among them.

    Others' time on an item is seen by whom Harvest shows it: its administrators (docs/widget.md, totals), and of it
    what was done in that Harvest account.
    """
    own = Q(person=session.person)
    account_id = _account_seen_by(session.person) if scope.item_id else None
    if account_id is not None:
        own |= Q(
            person__host_app_id=session.person.host_app_id,
            person__tenant_id=session.person.tenant_id,
            harvest_account_id=account_id,
            status__in=_SETTLED_IN_HARVEST,
        )
    rows = newest_first(Intent.objects.filter(own, **scope.filters))
    if session.item_ids is not None:
        rows = rows.filter(item_id__in=session.item_ids)
    return rows, account_id is not None


def newest_first(rows: QuerySet[Intent]) -> QuerySet[Intent]:
    return rows.select_related("person").prefetch_related("decisions").order_by("-clicked_at", "-id")


def page_of(rows: QuerySet[Intent], after: str, *, size: int = PAGE) -> tuple[list[Intent], str | None]:
    """The next page, and the cursor of the one after it; None at the end. Errors: InvalidRequest."""
    if after:
        moment, pk = _read(after)
        rows = rows.filter(Q(clicked_at__lt=moment) | Q(clicked_at=moment, pk__lt=pk))
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return found[:size], None if last is None else f"{last.clicked_at.isoformat()}_{last.pk}"


def _account_seen_by(person: Person) -> int | None:
    """The Harvest account whose time of everybody the person may see."""
    access = access_of(person)
    if access.connection is None or access.status != "active" or not may_see_everyone(access.harvest()):
        return None
    return access.connection.harvest_account_id


def _read(cursor: str) -> tuple[datetime, uuid.UUID]:
    """Errors: InvalidRequest."""
    moment, _, pk = cursor.partition("_")
    try:
        return datetime.fromisoformat(moment), uuid.UUID(pk)
    except ValueError as error:
        raise InvalidRequest("cursor: give the `next` of an earlier answer.") from error
