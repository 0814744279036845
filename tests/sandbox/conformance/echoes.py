"""Whether an answer says back what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# Sent, but never part of an answer.
UNSEEN = {
    "delete_receipt",  # an order, not a value (§8.12)
    "include_link_to_client_invoice",  # deprecated: false clears the payment options (§8.13)
    "send_thank_you",  # whether a mail goes out (§8.13)
    "started_time",  # ignored in an account that tracks durations (§7.1)
    "ended_time",
    "teammate_ids",  # answered as people (§8.5)
}


def unheard(sent: dict[str, Any], answer: dict[str, Any], path: str = "$") -> Iterator[str]:
    """What was sent and is not in the answer: `path: sent, not got`. `client_id: 7` comes back as `client: {id: 7}`."""
    for name, value in sent.items():
        if name in UNSEEN:
            continue
        if name.endswith("_id") and name not in answer:
            yield from unheard({"id": value}, answer[name.removesuffix("_id")], f"{path}.{name}")
        else:
            yield from _differences(value, answer.get(name), f"{path}.{name}")


def _differences(sent: Any, got: Any, path: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(got, dict):
        yield from unheard(sent, got, path)
    elif isinstance(sent, list) and isinstance(got, list) and len(got) >= len(sent):
        for place, (one, other) in enumerate(zip(sent, got, strict=False)):
            yield from _differences(one, other, f"{path}[{place}]")
    elif (type(sent), sent) != (type(got), got):
        yield f"{path}: {sent!r}, not {got!r}"
