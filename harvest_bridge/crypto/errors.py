"""What can go wrong with secrets at rest.

BridgeError   500 internal_error
└ CannotOpen  500 cannot_open_secret
"""

from __future__ import annotations

from harvest_bridge.errors import BridgeError


class CannotOpen(BridgeError):
    """Sealed text that no key of ours opens: its key was removed, it was moved to another row, or it was altered."""

    status = 500
    code = "cannot_open_secret"


class BadKey(ValueError):
    """An ENCRYPTION_KEYS entry that is not 32 bytes of URL-safe base64."""
