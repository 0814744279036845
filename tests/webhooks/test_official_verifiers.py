"""Deliveries are verified by libraries that nobody here wrote: standardwebhooks and svix, of PyPI and npm."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks

from harvest_bridge.env import ROOT
from harvest_bridge.webhooks.models import Event

from .delivering import Delivering
from .receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)

LIBRARIES = ["standardwebhooks", "svix"]
TAMPERED = 1000


@dataclass(frozen=True)
class Delivered:
    secret: str
    headers: Mapping[str, str]
    body: str


def by_python(library: str, deliveries: list[Delivered]) -> list[bool]:
    verifier: Any = {"standardwebhooks": standardwebhooks.Webhook, "svix": svix.webhooks.Webhook}[library]
    refusals = (standardwebhooks.WebhookVerificationError, svix.webhooks.WebhookVerificationError)

    def is_taken(one: Delivered) -> bool:
        try:
            verifier(one.secret).verify(one.body, dict(one.headers))
        except refusals:
            return False
        return True

    return [is_taken(one) for one in deliveries]


def by_node(library: str, deliveries: list[Delivered]) -> list[bool]:
    asked = [{"library": library, **vars(one)} for one in deliveries]
    done = subprocess.run(
        ["node", "verify-webhooks.mjs"],
        cwd=ROOT / "tests" / "clients" / "typescript",
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    taken: list[bool] = json.loads(done.stdout)
    return taken


def spoiled(one: Delivered, chance: random.Random) -> Delivered:
    """Another body, id, signature or time; or a time ten minutes off."""
    headers = dict(one.headers)
    match chance.choice(["body", "id", "signature", "timestamp", "stale", "future"]):
        case "body":
            at = chance.randrange(len(one.body))
            return replace(one, body=one.body[:at] + chance.choice("§¤") + one.body[at + 1 :])
        case "id":
            headers["webhook-id"] += "0"
        case "signature":
            at = chance.randrange(3, 40)
            old = headers["webhook-signature"]
            other = "A" if old[at] != "A" else "B"
            headers["webhook-signature"] = old[:at] + other + old[at + 1 :]
        case "timestamp":
            headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) - 1)
        case "stale" | "future" as which:
            moved = int(headers["webhook-timestamp"]) + (-600 if which == "stale" else 600)
            signed = standardwebhooks.Webhook(one.secret)
            headers["webhook-timestamp"] = str(moved)
            headers["webhook-signature"] = signed.sign(
                headers["webhook-id"], datetime.fromtimestamp(moved, UTC), one.body
            )
    return replace(one, headers=headers)


@pytest.fixture
def delivered(
    made: Callable[..., dict[str, Any]], receiver: Receiver, delivering: Delivering, happens: Callable[..., Event]
) -> list[Delivered]:
    secret = made()["secret"]
    for number in range(10):
        happens(number, note=f"Zoë’s {number} \u2028 €")
    delivering.settle()
    return [Delivered(secret, got.headers, got.body.decode()) for got in receiver.got]


@pytest.mark.parametrize("verify", [by_python, by_node])
@pytest.mark.parametrize("library", LIBRARIES)
def test_every_delivery_is_taken_and_none_that_was_tampered_with_or_is_stale(
    library: str, verify: Callable[[str, list[Delivered]], list[bool]], delivered: list[Delivered]
) -> None:
    assert verify(library, delivered) == [True] * 10
    chance = random.Random(15)
    assert not any(verify(library, [spoiled(chance.choice(delivered), chance) for _ in range(TAMPERED)]))
