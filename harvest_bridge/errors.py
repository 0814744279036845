"""The root of our error tree: every error carries its own status, stable code and, if known, retry time.

BridgeError           500 internal_error
├ ClientDisconnected  503 client_disconnected  (client_disconnect)
├ MetricsRefused      403 metrics_refused  (console.metrics_page)
└ ValueTooLarge       400 value_too_large  (stored_json)
"""

from __future__ import annotations

from typing import Any, ClassVar


class BridgeError(Exception):
    """Something a caller must be told. Shown on the wire as DESIGN §4.3 says, by `api.errors`.

    Shape: `status` is the HTTP status, `code` the stable machine-readable name, `message` is for people and names the
    remedy, `extra` goes into the body beside them.
    Units: `retry_after` is seconds, or None when waiting does not help or nobody knows how long.
    `is_of_pages` says that only our own pages meet it, and no call does; `may_have_happened`, that a write may
    have been carried out, so that nobody repeats it unseen.
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    is_of_pages: ClassVar[bool] = False
    may_have_happened: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after: float | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after = retry_after
        self.extra = extra
