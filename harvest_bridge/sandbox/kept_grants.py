"""Grants that outlive the process: a restarted sandbox still knows whom its clients were given."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

from .identities import Grant, Token
from .world import World


def keep_grants(world: World, path: Path) -> None:
    """Take over what the file has, and write it anew whenever a token is made, expired or revoked."""
    if path.exists():
        _load(world, json.loads(path.read_text()))
    world.on_tokens_changed = lambda: _save(world, path)
    world.tokens.on_change = world.on_tokens_changed


def _load(world: World, grants: list[dict[str, Any]]) -> None:
    """Grants of people whom the seed no longer has are left out."""
    for kept in grants:
        identity = world.identities.get(kept["identity"])
        if identity is None:
            continue
        accounts = None if kept["accounts"] is None else tuple(kept["accounts"])
        grant = Grant.of(identity, kept["client"], accounts)
        grant.is_revoked = kept["revoked"]
        tokens = [Token(value=value, grant=grant, expires_at=at, is_revoked=off) for value, at, off in kept["access"]]
        world.tokens.take_over(grant, tokens, kept["refresh"])


def _save(world: World, path: Path) -> None:
    """For its owner alone, and whole or not at all."""
    kept: dict[Grant, dict[str, Any]] = defaultdict(lambda: {"access": [], "refresh": []})
    for token in world.tokens.access_tokens():
        if token.grant.client_id is not None:  # personal tokens come with the seed
            kept[token.grant]["access"].append((token.value, token.expires_at, token.is_revoked))
    for value, grant in world.tokens.refresh_tokens().items():
        kept[grant]["refresh"].append(value)
    rows = [_facts(grant) | tokens for grant, tokens in kept.items()]
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(rows, file)
    draft.replace(path)


def _facts(grant: Grant) -> dict[str, Any]:
    return {
        "identity": grant.identity.id,
        "client": grant.client_id,
        "accounts": grant.account_ids,
        "revoked": grant.is_revoked,
    }
