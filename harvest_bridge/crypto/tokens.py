"""Random tokens that we hand out: prefixed so that a leak is recognised, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets


def new_token(prefix: str) -> str:
    """`<prefix><43 URL-safe characters>`, 256 random bits."""
    return prefix + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps. SHA-256 is enough, because the token is random and long."""
    return hashlib.sha256(token.encode()).hexdigest()
