"""The real worker, but for the clock of its schedules: `python -m tests.bench.fast_worker BEGAN_AT TIMES_AS_FAST`."""

from __future__ import annotations

import sys
from datetime import datetime

import django


def main(began_at: datetime, times_as_fast: float) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from harvest_bridge.webhooks.delivery.worker import delivery_thread

    delivery_thread.clock = lambda: began_at + (timezone.now() - began_at) * times_as_fast
    call_command("run_huey")


if __name__ == "__main__":
    django.setup()
    main(datetime.fromisoformat(sys.argv[1]), float(sys.argv[2]))
