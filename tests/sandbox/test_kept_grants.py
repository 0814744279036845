"""A sandbox that is started anew still knows its grants."""

from __future__ import annotations

from pathlib import Path

from harvest_bridge.sandbox.identities import Grant
from harvest_bridge.sandbox.kept_grants import keep_grants
from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.world import World


def started(path: Path) -> World:
    world = World(seed_of(0))
    keep_grants(world, path)
    return world


def test_tokens_are_good_after_a_restart_and_revoked_ones_stay_so(tmp_path: Path) -> None:
    path, first = tmp_path / "grants.json", started(tmp_path / "grants.json")
    alice, bob = list(first.identities.values())[:2]
    good, bad = (Grant.of(one, "client", None) for one in (alice, bob))
    access, refresh = first.tokens.new_access_token(good).value, first.tokens.new_refresh_token(good)
    lost = first.tokens.new_access_token(bad).value
    first.tokens.revoke_of(bob)

    second = started(path)
    found = second.tokens.find(access)
    assert found is not None
    assert found.grant.identity.id == alice.id
    assert second.tokens.find(lost) is None
    second.tokens.refresh(refresh, "client")
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_reset_forgets_them_for_good(tmp_path: Path) -> None:
    path, first = tmp_path / "grants.json", started(tmp_path / "grants.json")
    token = first.tokens.new_access_token(Grant.of(next(iter(first.identities.values())), "client", None)).value
    first.reset()
    assert first.tokens.find(token) is None
    assert started(path).tokens.find(token) is None
