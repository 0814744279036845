"""A program that commits events: `python -m tests.bench.event_writer` with a plan as JSON on stdin.

Shape: `{"host_app_id", "count", "together", "per_second"}`; `together` events are one transaction, `per_second` 0 is as
fast as it goes. Prints for each event, once it is committed, its id and the moment (the machine's monotonic clock).
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any
from uuid import UUID

import django
from django.db import connection, transaction


def main(plan: dict[str, Any]) -> None:
    begin, together = time.monotonic(), plan["together"]
    for number in range(0, plan["count"], together):
        if plan["per_second"]:
            time.sleep(max(0.0, begin + number / plan["per_second"] - time.monotonic()))
        ids = _committed(UUID(plan["host_app_id"]), range(number, min(number + together, plan["count"])))
        at = time.monotonic()
        print("\n".join(f"{one} {at:.6f}" for one in ids), flush=True)


def _committed(host_app_id: UUID, numbers: range) -> list[UUID]:
    """Until it succeeds, whatever is away in the meantime."""
    from harvest_bridge.api.outages import outages
    from harvest_bridge.webhooks.outbox import NewEvent, emit
    from timer_widget.events import STARTED

    events = [
        NewEvent(type=STARTED, host_app_id=host_app_id, tenant_id="acme", object_id=number, data=dict(STARTED.example))
        for number in numbers
    ]
    while True:
        try:
            with transaction.atomic():
                return [event.uid for event in emit(*events)]
        except outages():
            connection.close()
            time.sleep(0.2)


if __name__ == "__main__":
    given = json.load(sys.stdin)
    django.setup()
    main(given)
