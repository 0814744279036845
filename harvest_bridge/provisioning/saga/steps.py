"""Carries out one step: made once, whatever becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestOutcomeUnknown, HarvestRejected
from harvest_bridge.harvest.lost_answers import quiet_after
from harvest_bridge.provisioning.harvest_calls import HarvestCalls
from harvest_bridge.provisioning.models import Run, Step, StepStatus

from . import failures, recovery, transitions
from .ids import Ids

Json = dict[str, Any]
OF_NAMES = ("client", "project", "task")
_ASSIGNMENTS = ("task_assignment", "rates", "person", "person_rates")


class PlanChanged(Exception):
    """Somebody has made meanwhile what the step was to make."""


class Steps:
    """The steps of one run. `is_fresh` says that the plan was made under the locks that are held."""

    def __init__(
        self, run: Run, harvest: HarvestCalls, *, is_fresh: bool, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self.run, self.harvest, self.ids, self.is_fresh, self.clock = run, harvest, Ids(run), is_fresh, clock
        # By the key of the step: records as Harvest answered in this session.
        self.answers: dict[str, Json] = {}

    def create(self, step: Step) -> None:
        """Errors: PlanChanged, Wait; those of `calls.send`."""
        if step.status == StepStatus.SENT:
            if (record := recovery.found(step, self.harvest, self.ids)) is not None:
                self.done(step, record, is_made=recovery.is_as_sent(step, record))
                return
            self.require_silence(step)
        elif step.kind in OF_NAMES and not self.is_fresh and recovery.found(step, self.harvest, self.ids):
            raise PlanChanged
        try:
            record = self.send(step, step.request or {})
        except HarvestRejected as error:
            self._look_again(step, error)
            return
        self.done(step, record, is_made=True)

    def change(self, step: Step) -> None:
        """A change that may be sent twice, but not while the first may still arrive and undo what comes after it.

        Errors: Wait; those of `calls.send`.
        """
        if step.status == StepStatus.SENT:
            self.require_silence(step)
        record = self.send(step, step.request or {})
        transitions.note_done(self.run, step, int(record.get("id") or step.harvest_id or 0))
        self.answers[step.key] = record

    def send(self, step: Step, request: Json) -> Json:
        """Committed before it leaves: whoever finds the row knows that it may have arrived."""
        path, body = self.ids.path(request["path"]), self.ids.body(request.get("body"))
        sent_at = step.sent_at if step.status == StepStatus.SENT else self.clock()
        longest = timedelta(seconds=settings.HARVEST_QUIET_SECONDS)
        quiet = self.clock() + timedelta(seconds=settings.HARVEST_TIMEOUT_SECONDS) + longest
        transitions.note_step(self.run, step, status=StepStatus.SENT, sent_at=sent_at, quiet_until=quiet)
        try:
            record = self.harvest.write(request["verb"], path, body)
        except HarvestOutcomeUnknown as error:
            transitions.note_step(self.run, step, quiet_until=self.clock() + quiet_after(error, longest=longest))
            raise
        except BridgeError as error:
            status = StepStatus.PENDING if failures.passes_with_time(error) else StepStatus.FAILED
            shown = None if status == StepStatus.PENDING else failures.error_body(error.code, error.message, step=step)
            transitions.note_step(self.run, step, status=status, quiet_until=None, error=shown)
            raise
        if request["verb"] != "DELETE" and not record.get("id"):
            raise HarvestOutcomeUnknown("Harvest answered without a record. It may have been carried out.")
        return record

    def done(self, step: Step, record: Json, *, is_made: bool) -> None:
        transitions.note_done(self.run, step, int(record["id"]), is_made=is_made)
        self.ids.note(step.key, int(record["id"]))
        self.answers[step.key] = record

    def require_silence(self, step: Step) -> None:
        """Errors: Wait, while a request that was sent may still arrive."""
        if step.quiet_until is not None and step.quiet_until > self.clock():
            text = "Harvest has not said whether it was done; it is looked for before it is done again."
            raise failures.Wait(step.quiet_until, failures.error_body("answer_lost", text, step=step))

    def _look_again(self, step: Step, error: HarvestRejected) -> None:
        """After a refusal: an assignment may be there, by Harvest itself or by hand; a name may have been taken.

        Errors: PlanChanged; the refusal itself.
        """
        record = recovery.found(step, self.harvest, self.ids)
        if record is None:
            raise error
        if step.kind not in _ASSIGNMENTS:
            raise PlanChanged
        self.done(step, record, is_made=False)
