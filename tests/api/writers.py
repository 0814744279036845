"""A program for test_idempotency_across_processes: processes that make the same write at once, under one key.

    python -m tests.api.writers <API key> <connection id> <Idempotency-Key> <processes>

Prints one line of JSON per process: the status, whether it was replayed, the id or code in the body.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from multiprocessing.synchronize import Barrier
from typing import Any

import django


def write(api_key: str, connection_id: str, key: str, together: Barrier) -> None:
    from django.test import Client

    headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": key}
    client = Client(headers=headers, SERVER_NAME="localhost")
    together.wait(120)
    query = {"integrated_account_id": connection_id}
    answer = client.post("/proxy/clients", {"name": "Vandelay"}, "application/json", query_params=query)
    body = answer.json()
    line = json.dumps([answer.status_code, answer.headers.get("idempotent-replayed"), body.get("code", body.get("id"))])
    os.write(sys.stdout.fileno(), f"{line}\n".encode())  # in one piece, whoever else writes


def main(api_key: str, connection_id: str, key: str, processes: str) -> None:
    django.setup()
    fork: Any = multiprocessing.get_context("fork")
    together = fork.Barrier(int(processes))
    workers = [fork.Process(target=write, args=(api_key, connection_id, key, together)) for _ in range(int(processes))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
