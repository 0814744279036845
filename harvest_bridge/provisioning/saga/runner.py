"""Runs one claimed deal: plans if needed, and carries out the remaining steps until it ends or has to wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db.models import F
from django.utils import timezone

from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.errors import BridgeError
from harvest_bridge.provisioning import claims
from harvest_bridge.provisioning.claims import ClaimLost
from harvest_bridge.provisioning.harvest_calls import HarvestCalls, Send, send_in_api_lane
from harvest_bridge.provisioning.models import Action, ClientLink, Phase, Run, Step, StepStatus
from harvest_bridge.provisioning.planning.links import kept_of
from harvest_bridge.provisioning.planning.planner import make_plan

from . import failures, plan_steps, transitions, undo
from .checks import Checks
from .failures import Blocked, Wait, error_body
from .name_locks import HeldNames, held_names
from .steps import PlanChanged, Steps

log = structlog.get_logger(__name__)

_MOST_PLANS = 3
_NAME_RETRY = timedelta(milliseconds=250)
# A bug of ours does not mend itself.
_MOST_ATTEMPTS_AT_A_BUG = 5


class SagaRunner:
    """The caller has claimed the run."""

    def __init__(
        self, run: Run, *, send: Send = send_in_api_lane, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self.run, self._clock = run, clock
        self.harvest = HarvestCalls(run.connection, send=send, before=self._beat)
        self.step: Step | None = None

    def work(self) -> None:
        """To the end, to an obstacle, or until somebody else has the run."""
        try:
            self._work_to_an_obstacle()
        except ClaimLost:
            return

    def _work_to_an_obstacle(self) -> None:
        try:
            try:
                self._go_on()
            except outages(BridgeError) as error:
                known = error if isinstance(error, BridgeError) else outage_of(error)
                if known is None:
                    raise
                failures.meet(known, self.step, attempts=self.run.attempts, now=self._clock())
        except Wait as wait:
            transitions.wait(self.run, wait.until, wait.error, calls=self.harvest.count)
        except Blocked as blocked:
            transitions.block(self.run, blocked.error, calls=self.harvest.count)
        except ClaimLost:
            raise
        except Exception:
            log.exception("a deal met a bug", run=str(self.run.pk))
            self._met_a_bug()

    def _go_on(self) -> None:
        """Errors: Wait, Blocked, ClaimLost; those of `calls.send`."""
        if self.run.connection.disconnected_at is not None:
            raise Blocked(
                error_body(
                    "disconnected",
                    "This Harvest account was disconnected. Link it again.",
                    field="integrated_account_id",
                )
            )
        if self.run.phase == Phase.UNDO:
            undo.undo(Steps(self.run, self.harvest, is_fresh=False, clock=self._clock), note=self._note)
            transitions.finish(self.run, calls=self.harvest.count)
            return
        with held_names(self.run) as names:
            if names is None:
                raise self._name_in_use()
            self._provision(names)

    def _name_in_use(self) -> Wait:
        text = "Another deal makes the same client, project or task just now."
        return Wait(self._clock() + _NAME_RETRY, error_body("name_in_use", text, field="client.name"))

    def _provision(self, names: HeldNames) -> None:
        is_fresh = False
        for _ in range(_MOST_PLANS):
            if self.run.needs_plan:
                self._plan()
                is_fresh = not (missing := names.missing())
                if not names.hold(missing):
                    raise self._name_in_use()
            try:
                self._carry_out(is_fresh=is_fresh)
            except PlanChanged:
                self._plan_anew()
                continue
            self._note_company()
            transitions.finish(self.run, calls=self.harvest.count)
            return
        raise Blocked(
            error_body("plan_changed", "Harvest changes faster than the deal can be planned; continue later.", field="")
        )

    def _plan(self) -> None:
        plan = make_plan(self.harvest, self.run.wanted, kept_of(self.run))
        plan_steps.require_as_agreed(self.run, plan)
        plan_steps.keep(self.run, plan)

    def _plan_anew(self) -> None:
        """Errors: Blocked, where a dry run was shown: exactly its calls are made, or none."""
        if self.run.agreed_digest:
            text = "Somebody has made meanwhile what this step was to make. Continue to go on with what is there."
            raise Blocked(error_body("plan_changed", text, step=self.step))
        self.run.needs_plan = True

    def _carry_out(self, *, is_fresh: bool) -> None:
        steps = Steps(self.run, self.harvest, is_fresh=is_fresh, clock=self._clock)
        checks = Checks(steps)
        todo = self.run.steps.filter(phase=Phase.DO).exclude(status=StepStatus.DONE).order_by("position")
        for step in list(todo):
            self._note(step)
            match step.action:
                case Action.CREATE:
                    steps.create(step)
                case Action.CHANGE:
                    checks.change(step)
                case Action.ATTACHED:
                    checks.attach(step)
                case _:
                    checks.check(step)

    def _note(self, step: Step | None) -> None:
        self.step = step

    def _note_company(self) -> None:
        """The company of the CRM is this client from now on, whatever either is called."""
        company = self.run.wanted["client"].get("external_id")
        if company and self.run.client_id:
            ClientLink.objects.update_or_create(
                connection=self.run.connection,
                external_id=company,
                defaults={"harvest_id": self.run.client_id, "noted_at": self._clock()},
            )

    def _met_a_bug(self) -> None:
        error = error_body(
            "internal_error", "The bridge met an error of its own; its operator finds it in the log.", step=self.step
        )
        if self.run.attempts + 1 < _MOST_ATTEMPTS_AT_A_BUG:
            transitions.wait(self.run, self._clock() + timedelta(seconds=2), error, calls=self.harvest.count)
        else:
            transitions.block(self.run, error, calls=self.harvest.count)

    def _beat(self) -> None:
        claims.beat(self.run, now=self._clock())


def begin(run: Run, *, now: datetime) -> None:
    """The first session of a run, or of its undoing."""
    Run.objects.filter(pk=run.pk, started_at=None).update(started_at=now, version=F("version") + 1)


def work_on(run: Run, *, send: Send = send_in_api_lane, clock: Callable[[], datetime] = timezone.now) -> None:
    """Everything that can be done of this run now, which the caller has claimed."""
    begin(run, now=clock())
    SagaRunner(run, send=send, clock=clock).work()
