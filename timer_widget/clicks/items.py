"""What a click is for."""

from __future__ import annotations

from typing import Any

NO_ITEM: dict[str, Any] = {"id": "", "group_id": "", "account_id": "", "permalink": ""}  # time without a reference
