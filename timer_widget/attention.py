"""Whether a person has anything unsettled to see: one plain SQL query, as it runs with every state."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import NamedTuple

from django.db import connection as database
from django.utils import timezone

from .models import ForgottenStatus, ForgottenTimer, Intent, IntentKind, IntentStatus, Person

# For how long people are shown the notice of a click with an unexpected outcome.
NOTICE_SHOWN_FOR = timedelta(minutes=10)
WITH_NOTICES = (IntentKind.START, IntentKind.STOP, IntentKind.ANSWER)
_HAS_NOTE = {"sqlite": "JSON_TYPE(outcome, '$.note') IS NOT NULL", "postgresql": "jsonb_exists(outcome, 'note')"}


class Attention(NamedTuple):
    """Shape: `has_clicks` for `unsettled_clicks`, `has_forgotten` for `forgotten_timers`."""

    has_clicks: bool
    has_forgotten: bool


def needs_attention(person: Person) -> Attention:
    since = database.ops.adapt_datetimefield_value(timezone.now() - NOTICE_SHOWN_FOR)
    with database.cursor() as cursor:
        cursor.execute(_sql(database.vendor), [person.pk, person.pk, person.pk, since, person.pk])
        return Attention(*map(bool, cursor.fetchone()))


@cache
def _sql(vendor: str) -> str:
    clicks = f"EXISTS(SELECT 1 FROM {Intent._meta.db_table} WHERE person_id = %s AND kind <> '{IntentKind.PROJECT}' AND"  # noqa: S608
    noted = ", ".join(f"'{kind}'" for kind in WITH_NOTICES)
    forgotten = ", ".join(f"'{status}'" for status in (ForgottenStatus.OPEN, ForgottenStatus.STOPPED))
    return f"""SELECT {clicks} status = '{IntentStatus.PENDING}')
OR {clicks} status = '{IntentStatus.FAILED}' AND needs_decision)
OR {clicks} status = '{IntentStatus.DONE}' AND kind IN ({noted}) AND settled_at >= %s AND {_HAS_NOTE[vendor]}),
EXISTS(SELECT 1 FROM {ForgottenTimer._meta.db_table} WHERE person_id = %s AND status IN ({forgotten}))"""  # noqa: S608
