"""Does each night, together, what the apps forget by themselves in the course of the day, and tells what went.

What is kept, how long and why stands in docs/privacy.md, which a test holds to the models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.apps import apps
from django.core.management import call_command

from harvest_bridge.api import audit_events, idempotency
from harvest_bridge.api.outages import log_and_continue
from harvest_bridge.api.request_log import retention as requests
from harvest_bridge.connections import pending_grants
from harvest_bridge.connections import services as connections
from harvest_bridge.embed.portal import sessions as portal_sessions
from harvest_bridge.mirror import retention as mirrors
from harvest_bridge.provisioning import retention as deals
from harvest_bridge.unified.identities import retention as identities
from harvest_bridge.webhooks import retention as webhooks
from timer_widget.history import retention as clicks
from timer_widget.sessions import exchange

from .workers import jobs

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Step:
    """`forget` removes what is old of these models, and nothing else."""

    name: str
    models: tuple[str, ...]
    forget: Callable[[datetime], object]


STEPS = (
    Step("requests", ("api.RequestRecord",), lambda now: requests.forget_old(now=now)),
    Step("idempotency keys", ("api.IdempotentWrite",), lambda now: idempotency.forget_expired(now=now)),
    Step(
        "tokens",
        ("connections.LinkToken", "connections.IntegratedAccountToken", "connections.SpentState"),
        lambda now: (connections.forget_expired(now=now), pending_grants.forget_abandoned(now=now)),
    ),
    Step(
        "timer sessions",
        ("timer_widget.TimerSession", "timer_widget.SpentWidgetToken", "timer_widget.SignInCode"),
        lambda now: exchange.forget_expired(now=now),
    ),
    Step("portal sessions", ("embed.PortalSession",), lambda now: portal_sessions.forget_expired(now=now)),
    Step(
        "events", ("webhooks.Event", "webhooks.Delivery", "webhooks.Attempt"), lambda now: webhooks.forget_old(now=now)
    ),
    Step(
        "people of ended connections",
        ("unified.Identity", "unified.HarvestUser", "unified.MatchingRun"),
        lambda now: identities.forget_old(now=now),
    ),
    Step("mirrors", ("mirror.Mirror", "mirror.Record"), lambda now: mirrors.erase_due(now=now)),
    Step("deleted records and passes", ("mirror.Record", "mirror.Run"), lambda now: mirrors.forget_old(now=now)),
    Step(
        "clicks",
        ("timer_widget.Intent", "timer_widget.ForgottenTimer"),
        lambda now: clicks.forget_old(now=now),
    ),
    Step(
        "what CRMs sent", ("provisioning.InboxEvent", "provisioning.SeenEvent"), lambda now: deals.forget_old(now=now)
    ),
    Step("operators' sessions", ("sessions.Session",), lambda now: call_command("clearsessions")),
    Step("jobs", ("console.JobHour",), lambda now: jobs.forget_old(now=now)),
)


def forget_all(*, now: datetime, steps: Sequence[Step] = STEPS) -> dict[str, int | None]:
    """What went by step, which the audit and the log are told; None where a step failed, which keeps back no other."""
    gone = {step.name: _forget(step, now) for step in steps}
    told = ", ".join(f"{name}: {'failed' if count is None else count}" for name, count in gone.items())
    audit_events.record("forgot what is kept no longer", actor="nightly retention", detail=told)
    log.info("forgot what is kept no longer", **{name.replace(" ", "_"): count for name, count in gone.items()})
    return gone


def _forget(step: Step, now: datetime) -> int | None:
    before = _count(step)
    with log_and_continue(log, "retention failed", step=step.name):
        step.forget(now)
        return max(0, before - _count(step))
    return None


def _count(step: Step) -> int:
    return sum(apps.get_model(label)._default_manager.count() for label in step.models)
