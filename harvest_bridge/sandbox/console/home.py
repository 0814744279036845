"""What the console's first page shows: the parts that move, and the forms around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harvest_bridge.sandbox.console.accounts import account_cards
from harvest_bridge.sandbox.console.faults import fault_form, pending_faults
from harvest_bridge.sandbox.console.switchboard import switch_groups
from harvest_bridge.sandbox.console.timers import running_timers
from harvest_bridge.sandbox.console.traffic import budget_gauges, latest_requests
from harvest_bridge.sandbox.identities import personal_token_of
from harvest_bridge.sandbox.text import day_text, span_text
from harvest_bridge.sandbox.world import World

REQUESTS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Mistake:
    """A form that was refused. Shape: `at` names its place on the page, `sent` is what stood in its fields."""

    at: str
    message: str
    sent: dict[str, str] = field(default_factory=dict)

    def sent_at(self, place: str) -> dict[str, str]:
        """What was sent from a place whose name begins like this."""
        return self.sent if self.at.startswith(place) else {}


NO_MISTAKE = Mistake("", "")


def home_page(world: World, base_url: str, mistake: Mistake) -> dict[str, Any]:
    return {
        **live_parts(world, base_url),
        **fault_form(mistake.sent_at("fault")),
        **switch_groups(world.switches, mistake.sent_at("switches")),
    }


def live_parts(world: World, base_url: str) -> dict[str, Any]:
    """All that changes by itself; the page asks for it every two seconds."""
    return {
        **_clock(world),
        **running_timers(world),
        **latest_requests(world, REQUESTS_SHOWN),
        **budget_gauges(world),
        **pending_faults(world),
        **account_cards(world),
        "connect": _connect(world, base_url),
    }


def _clock(world: World) -> dict[str, Any]:
    now, offset = world.clock.now(), world.clock.offset
    return {
        "now": {
            "time": f"{now:%H:%M:%S}",
            "day": day_text(now.date()),
            "seconds": now.hour * 3600 + now.minute * 60 + now.second,
            "iso": now.isoformat(timespec="seconds"),
            "offset": f"{span_text(abs(offset))} {'ahead' if offset > 0 else 'behind'}" if offset else "",
        },
        "latency": span_text(world.switches.latency_seconds) if world.switches.latency_seconds else "",
    }


def _connect(world: World, base_url: str) -> dict[str, Any]:
    """What a host developer copies into a client's settings, and one request to begin with."""
    account = next(iter(world.accounts.values()))
    identity = next(iter(world.identities.values()))
    curl = (
        f"curl {base_url}/v2/users/me \\\n"
        f'  -H "Authorization: Bearer {personal_token_of(identity)}" \\\n'
        f'  -H "Harvest-Account-Id: {account.id}" \\\n'
        f'  -H "User-Agent: Me (me@example.com)"'
    )
    return {"url": base_url, "client": world.client, "curl": curl}
