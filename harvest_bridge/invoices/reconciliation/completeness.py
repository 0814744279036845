"""Whether both sides are there to be compared: nothing differs from what may not be seen."""

from __future__ import annotations

from collections.abc import Iterable

from harvest_bridge.invoices.errors import InvoicesNotComplete
from harvest_bridge.mirror.models import Stream, StreamState


def refuse_incomplete(streams: Iterable[Stream]) -> None:
    """What Harvest refuses for a while is compared as it was last. Errors: InvoicesNotComplete."""
    lacking = [_why(stream) for stream in streams if not _is_there(stream)]
    if lacking:
        raise InvoicesNotComplete(f"{'; '.join(lacking)}. There is nothing to compare.")


def _is_there(stream: Stream) -> bool:
    return stream.as_of is not None and stream.state in (StreamState.COMPLETE, StreamState.FAILING)


def _why(stream: Stream) -> str:
    takes = f"; it takes {stream.needs}" if stream.needs else ""
    return (
        f"{stream.resource}: is {stream.state}: {(stream.detail or stream.reason or 'not read yet').rstrip('.')}{takes}"
    )
