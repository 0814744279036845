"""A page of the directory without HTTP and Django's handlers: `python -m tests.bench.our_work ANSWER COUNT`.

Prints two times in milliseconds of processor, from Harvest's page to our answer, which the file ANSWER holds: what
orjson takes to decode the one and encode the other, and what we take, who map it in between. In a process like the web
process: on the same core, and with the same collector.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import httpx
import orjson

from tests.bench.cores import MEASURED, stay_on
from tests.bench.upstream import PEOPLE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harvest_bridge.settings")
django.setup()  # which the imports below need

from harvest_bridge.api.envelopes import list_envelope  # noqa: E402
from harvest_bridge.api.renderers import JsonRenderer  # noqa: E402
from harvest_bridge.harvest.answers import decoded  # noqa: E402
from harvest_bridge.harvest.operations.raw import list_raw  # noqa: E402
from harvest_bridge.harvest.transport import Answer  # noqa: E402
from harvest_bridge.process_memory import collect_seldom  # noqa: E402
from harvest_bridge.unified.mapping import MappingContext  # noqa: E402
from harvest_bridge.unified.resources import USERS  # noqa: E402
from harvest_bridge.unified.services import built_in  # noqa: E402

SENT = Answer(200, httpx.Headers(), PEOPLE)


def page() -> bytes:
    """What we make of Harvest's page."""
    asked = list_raw(USERS.path, USERS.key)
    people = asked.read(decoded(SENT, asked.decoded_as)).items
    records = built_in(USERS, people, MappingContext(account_id="1", account_name="Fennel & Finch"))
    return JsonRenderer().render(list_envelope(records, limit=2000))


def main(answer: Path, count: int) -> None:
    stay_on(MEASURED)
    found = orjson.loads(answer.read_bytes())
    page()
    collect_seldom()
    print(_milliseconds(lambda: (orjson.loads(PEOPLE), orjson.dumps(found)), count), _milliseconds(page, count))


def _milliseconds(work: Callable[[], Any], count: int) -> float:
    before = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - before) / count * 1000


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
