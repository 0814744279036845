"""JSON as Harvest writes it: no blanks, decimals as numbers with a point, times in UTC with a Z."""

from __future__ import annotations

import msgspec

encode = msgspec.json.Encoder().encode
