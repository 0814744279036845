"""Stops a forgotten timer for its person: a click of the guard's own, carried out and looked for like any other."""

from __future__ import annotations

from datetime import datetime, timedelta

from harvest_bridge.api import audit_events
from timer_widget.clicks import intents
from timer_widget.models import BY_THE_GUARD, ForgottenTimer, Intent, IntentKind

REVERSIBLE_FOR = timedelta(days=7)
_CLAIM_SECONDS = 1.0


def ask_for(row: ForgottenTimer, *, now: datetime) -> None:
    """Once; the worker carries it out within a second or two."""
    click = intents.NewClick(
        kind=IntentKind.ANSWER,
        idempotency_key=f"{BY_THE_GUARD}-{row.pk.hex}",
        clicked_at=now,
        asked={"forgotten_id": str(row.pk), "answer": "stop", "entry_id": row.entry_id, "by": BY_THE_GUARD},
    )
    intent, is_new = intents.record(row.person, click, seconds=_CLAIM_SECONDS)
    if is_new:
        Intent.objects.filter(pk=intent.pk).update(claimed_until=None)
        audit_events.record(
            "asked to stop a forgotten timer",
            actor="timer guard",
            object_type="timer_widget.Intent",
            object_id=str(intent.pk),
            detail=f"entry {row.entry_id} of {row.person.user_id}",
            host_app_id=row.person.host_app_id,
            tenant_id=row.person.tenant_id,
        )
