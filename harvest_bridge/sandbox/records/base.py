from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, eq=False, kw_only=True)
class Record:
    """Anything with an id. Compared by identity; times are aware UTC in whole seconds."""

    id: int
    created_at: datetime
    updated_at: datetime
