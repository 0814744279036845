"""What the admin shows of a mirror: each stream's completeness and freshness, and its runs, in operators' words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from harvest_bridge.mirror import schedule
from harvest_bridge.mirror.models import Kind, Mirror, Record, Run, Stream, StreamState
from harvest_bridge.mirror.progress import Progress, progress_of
from harvest_bridge.mirror.resources import BY_NAME, RESOURCES
from harvest_bridge.mirror.streams import next_try_at

_SHOWN_RUNS = 15
_ORDER = {row.name: place for place, row in enumerate(RESOURCES)}
# state, reason -> words, colour
_WORDS = {
    (StreamState.PARTIAL, "loading"): ("Loading for the first time", "info"),
    (StreamState.PARTIAL, "rights"): ("Partial: the linker does not see all", "warning"),
    (StreamState.PARTIAL, "held_deletes"): ("Deletes on hold", "warning"),
    (StreamState.FORBIDDEN, "right_not_granted"): ("Forbidden: linked without reading", "danger"),
    (StreamState.FAILING, "needs_reauth"): ("Failing: to be linked again", "danger"),
    (StreamState.FAILING, "counts"): ("Failing: counts do not fit", "danger"),
}
_PLAIN = {
    StreamState.COMPLETE: ("Complete", "success"),
    StreamState.PARTIAL: ("Partial", "warning"),
    StreamState.FORBIDDEN: ("Forbidden to the linker", "danger"),
    StreamState.OFF: ("Off in Harvest", "default"),
    StreamState.FAILING: ("Failing", "danger"),
}
STATUS_COLORS = {
    Run.Status.QUEUED: "default",
    Run.Status.RUNNING: "info",
    Run.Status.DONE: "success",
    Run.Status.FAILED: "danger",
    Run.Status.CANCELLED: "warning",
}


@dataclass(frozen=True)
class StreamLine:
    """One stream. `rows` are ours, `total` is Harvest's count in its last complete listing; `share` is 0 to 100."""

    stream: Stream
    title: str
    words: str
    color: str
    rows: int
    is_late: bool
    next_try_at: datetime | None

    @property
    def total(self) -> int | None:
        """Never less than what is here: rows have come since that listing."""
        known = self.stream.total_entries
        return None if known is None else max(known, self.rows)

    @property
    def share(self) -> int | None:
        if self.stream.state in (StreamState.FORBIDDEN, StreamState.OFF):
            return None
        if self.total is None:
            return 100 if self.stream.swept_at else None
        return min(100, round(100 * self.rows / self.total)) if self.total else 100


@dataclass(frozen=True)
class RunLine:
    """One run, and how far it is."""

    run: Run
    title: str
    progress: Progress | None

    @property
    def color(self) -> str:
        return STATUS_COLORS[Run.Status(self.run.status)]

    @property
    def time_left(self) -> str:
        """`3 min`, or nothing where nobody can tell."""
        left = self.progress.time_left if self.progress else None
        if left is None:
            return ""
        seconds = round(left.total_seconds())
        return f"{seconds} s" if seconds < 90 else f"{round(seconds / 60)} min"

    @property
    def percent(self) -> int:
        return round(100 * self.progress.share) if self.progress else 100


def words_of(stream: Stream) -> tuple[str, str]:
    """What its state is called, and the colour of it."""
    state = StreamState(stream.state)
    return _WORDS.get((state, stream.reason)) or _PLAIN[state]


def title_of(resource: str) -> str:
    """`reports_project_budget` -> `Reports project budget`."""
    return resource.replace("_", " ").capitalize()


def stream_lines(mirror: Mirror, *, now: datetime) -> list[StreamLine]:
    """In the order of the register."""
    streams = sorted(mirror.streams.all(), key=lambda stream: _ORDER.get(stream.resource, len(_ORDER)))
    rows = live_rows(streams)
    intervals = schedule.intervals_of(mirror, schedule.policy_of(mirror.connection))
    late = {stream.resource for stream in streams if _is_late(mirror, stream, intervals, now)}
    return [
        StreamLine(
            stream,
            title_of(stream.resource),
            *words_of(stream),
            rows[stream.pk],
            _late_name(stream) in late,
            next_try_at(stream, now=now),
        )
        for stream in streams
    ]


def live_rows(streams: Sequence[Stream]) -> dict[int, int]:
    """By the stream's id, from indexes alone: all rows less the tombstones."""
    records = Record.objects.filter(stream__in=streams).order_by()
    every = dict(records.values_list("stream").annotate(Count("pk")))
    gone = dict(records.filter(deleted_at__isnull=False).values_list("stream").annotate(Count("pk")))
    return {stream.pk: every.get(stream.pk, 0) - gone.get(stream.pk, 0) for stream in streams}


def _late_name(stream: Stream) -> str:
    """Children are as late as their parents."""
    resource = BY_NAME.get(stream.resource)
    return (resource.parent if resource else "") or stream.resource


def _is_late(mirror: Mirror, stream: Stream, intervals: schedule.Intervals, now: datetime) -> bool:
    """Whether a pass is overdue by as long as passes are apart."""
    stream.mirror = mirror
    if stream.resource not in BY_NAME or stream.state in (StreamState.FORBIDDEN, StreamState.OFF):
        return False
    apart = {Kind.HOT: intervals.hot, Kind.WINDOW: intervals.window, Kind.SWEEP: intervals.sweep}
    apart[Kind.OPEN] = timedelta(minutes=5)
    due = ((kind, schedule.due_at(stream, kind, intervals)) for kind in Kind)
    return any(at is not None and at + max(apart[kind], timedelta(minutes=1)) < now for kind, at in due)


def run_lines(mirror: Mirror, streams: Iterable[Stream], *, now: datetime) -> list[RunLine]:
    """The newest first."""
    totals = {stream.resource: stream.total_entries for stream in streams}
    lines = []
    for run in mirror.runs.all()[:_SHOWN_RUNS]:
        is_open = run.status in (Run.Status.QUEUED, Run.Status.RUNNING)
        progress = progress_of(run, totals, now=now) if is_open else None
        lines.append(RunLine(run, title_of(progress.resource) if progress else "", progress))
    return lines


def changes_by_hour(mirror: Mirror, *, now: datetime, hours: int = 24) -> list[tuple[datetime, int]]:
    """How many records passes changed or buried, by the hour in which they ended, oldest first."""
    last = now.replace(minute=0, second=0, microsecond=0)
    counts = {last - timedelta(hours=back): 0 for back in range(hours - 1, -1, -1)}
    runs = mirror.runs.filter(finished_at__gte=min(counts)).order_by().values_list("finished_at", "changed", "deleted")
    for finished_at, changed, deleted in runs:
        if finished_at is None:
            continue
        hour = finished_at.replace(minute=0, second=0, microsecond=0)
        if hour in counts:
            counts[hour] += changed + deleted
    return list(counts.items())
