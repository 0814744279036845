"""The least that a page of the directory can cost: `python -m tests.bench.json_alone ANSWER COUNT`.

Prints the milliseconds of processor time that orjson takes to decode Harvest's page and to encode our answer, which
the file ANSWER holds. In a process like the web process: on the same core, and with the same collector.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import orjson

from harvest_bridge.console.collector import collect_seldom
from tests.bench.cores import MEASURED, stay_on
from tests.bench.upstream import PEOPLE


def main(answer: Path, count: int) -> None:
    stay_on(MEASURED)
    collect_seldom()
    found = orjson.loads(answer.read_bytes())
    before = time.process_time()
    for _ in range(count):
        orjson.loads(PEOPLE)
        orjson.dumps(found)
    print((time.process_time() - before) / count * 1000)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
