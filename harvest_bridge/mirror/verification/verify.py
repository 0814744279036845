"""Compares one mirror with Harvest. What changes meanwhile is no difference: both sides are read again, and the mirror
is asked to read what it could not know yet.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.mirror import rights, schedule, services
from harvest_bridge.mirror.columns import day_of
from harvest_bridge.mirror.listings import WINDOW
from harvest_bridge.mirror.models import Kind, Mirror, Record, Stream, StreamState
from harvest_bridge.mirror.resources import BY_NAME, RESOURCES

from .findings import Difference, Findings, Scope
from .lists import ListComparison
from .patient_calls import PatientCalls
from .sums import MonthSums

_SUMMED = ("time_entries", "expenses")
Ask = Callable[[Mirror, list[str], Kind, float], None]


def ask_for_pass(mirror: Mirror, resources: list[str], kind: Kind, wait: float) -> None:
    """A worker carries it out; without one nothing happens within `wait` seconds."""
    services.sync(mirror.connection, resources=resources, kind=kind, wait=wait, requested_by="verifymirror")


@dataclass(frozen=True)
class Verification:
    """Shape: `resources` empty is all of the mirror's; `wait` is how many seconds the mirror may take to catch up."""

    mirror: Mirror
    harvest: PatientCalls
    resources: Collection[str] = ()
    scope: Scope = field(default_factory=Scope)
    wait: float = 120.0
    with_children: bool = True
    ask: Ask = ask_for_pass

    def run(self) -> Findings:
        """Errors: none of Harvest's; they stand under `failed`."""
        connection = self.mirror.connection
        found = Findings(str(connection.pk), str(connection))
        for stream in self._streams(found):
            try:
                self._compare_list(stream, found)
                if stream.resource in _SUMMED:
                    self._compare_sums(stream, found)
            except BridgeError as error:
                found.failed[stream.resource] = f"{error.code}: {error.message}"
        return found

    def _streams(self, found: Findings) -> Iterator[Stream]:
        streams = {stream.resource: stream for stream in Stream.objects.filter(mirror=self.mirror)}
        for resource in RESOURCES:
            stream = streams.get(resource.name)
            if stream is None or (self.resources and resource.name not in self.resources):
                continue
            reason = self._left_out(stream)
            if reason:
                found.skipped[resource.name] = reason
            else:
                yield stream

    def _left_out(self, stream: Stream) -> str:
        resource = BY_NAME[stream.resource]
        if stream.state in (StreamState.FORBIDDEN, StreamState.OFF):
            return stream.detail or stream.state
        if resource.parent and not self.with_children:
            return "one call for each parent: left out by --no-children"
        if self.scope.is_bounded and not resource.day_field:
            return "has no dates"
        return ""

    def _compare_list(self, stream: Stream, found: Findings) -> None:
        comparison = ListComparison(stream, self.harvest, self._scope(stream))
        differing = comparison.differing()
        found.compared[stream.resource] = comparison.compared
        if differing and self._catch_up(stream, differing.values()):
            left = comparison.again(differing.values())
            found.caught_up += [one for each, one in differing.items() if each not in left]
            differing = left
        found.differences += differing.values()

    def _scope(self, stream: Stream) -> Scope:
        """No earlier than the mirror reads."""
        days = self.mirror.history_days or schedule.policy_of(self.mirror.connection).history_days
        if days is None or not BY_NAME[stream.resource].day_field:
            return self.scope
        earliest = timezone.now().date() - timedelta(days=days)
        return Scope(max(earliest, self.scope.first or earliest), self.scope.last)

    def _catch_up(self, stream: Stream, differing: Collection[Difference]) -> bool:
        """Returns whether the mirror was asked to read again."""
        if self.wait <= 0 or not self.mirror.is_on or self.mirror.is_paused:
            return False
        resource = BY_NAME[stream.resource]
        kind = self._kind(stream, [one.harvest_id for one in differing if one.kind == "extra"])
        self.ask(self.mirror, [resource.parent or resource.name], kind, self.wait)
        return True

    def _kind(self, stream: Stream, extra: list[int]) -> Kind:
        """The least that shows a delete."""
        resource = BY_NAME[stream.resource]
        if not extra or not resource.has_updated_since or resource.budget is Budget.REPORTS:
            return Kind.HOT
        since = day_of((timezone.now() - WINDOW).date()) or 0
        older = Record.objects.filter(stream=stream, harvest_id__in=extra[:500]).exclude(day__gte=since)
        is_recent = resource.day_field == "spent_date" and not older.exists()
        return Kind.WINDOW if is_recent else Kind.SWEEP

    def _compare_sums(self, stream: Stream, found: Findings) -> None:
        held = self.mirror.access_roles or self.mirror.connection.access_roles
        if rights.extent(self.mirror.connection, BY_NAME[stream.resource], held) is not Extent.ALL:
            found.skipped[f"{stream.resource} per month"] = "the linker sees a part of it"
            return
        sums = MonthSums(self.mirror, stream.resource, self.harvest, self._scope(stream))
        for first, last in sums.months():
            found.months += 1
            differing = sums.differing(first, last)
            if differing and self._catch_up(stream, ()):
                differing = sums.differing(first, last)
            found.sums += differing
