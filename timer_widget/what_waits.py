"""Whether anything waits for a person. One question in plain SQL, as it is asked with every state, and for most people
nothing does."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import NamedTuple

from django.db import connection as database
from django.utils import timezone

from .models import ForgottenStatus, ForgottenTimer, Intent, IntentKind, IntentStatus, Person

# For how long people are told what a click came to that they would not expect.
TOLD_FOR = timedelta(minutes=10)
WITH_NOTICES = (IntentKind.START, IntentKind.STOP, IntentKind.ANSWER)
_HAS_NOTE = {"sqlite": "JSON_TYPE(outcome, '$.note') IS NOT NULL", "postgresql": "jsonb_exists(outcome, 'note')"}


class Waiting(NamedTuple):
    """Shape: without `has_clicks`, `shown_clicks` finds none, and without `has_forgotten`, `shown_forgotten`."""

    has_clicks: bool
    has_forgotten: bool


def what_waits(person: Person) -> Waiting:
    since = database.ops.adapt_datetimefield_value(timezone.now() - TOLD_FOR)
    with database.cursor() as cursor:
        cursor.execute(_question(database.vendor), [person.pk, person.pk, person.pk, since, person.pk])
        return Waiting(*map(bool, cursor.fetchone()))


@cache
def _question(vendor: str) -> str:
    clicks = f"EXISTS(SELECT 1 FROM {Intent._meta.db_table} WHERE person_id = %s AND kind <> '{IntentKind.PROJECT}' AND"  # noqa: S608
    noted = ", ".join(f"'{kind}'" for kind in WITH_NOTICES)
    forgotten = ", ".join(f"'{status}'" for status in (ForgottenStatus.OPEN, ForgottenStatus.STOPPED))
    return f"""SELECT {clicks} status = '{IntentStatus.PENDING}')
OR {clicks} status = '{IntentStatus.FAILED}' AND needs_decision)
OR {clicks} status = '{IntentStatus.DONE}' AND kind IN ({noted}) AND settled_at >= %s AND {_HAS_NOTE[vendor]}),
EXISTS(SELECT 1 FROM {ForgottenTimer._meta.db_table} WHERE person_id = %s AND status IN ({forgotten}))"""  # noqa: S608
