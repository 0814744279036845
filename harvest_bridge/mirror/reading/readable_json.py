"""JSON as PostgreSQL takes it: its `jsonb` refuses two things that JSON allows, a NUL and half of a surrogate pair.

A single record with one of them would fail every query over all the others.
"""

from __future__ import annotations

# `(?<!\\)(?:\\\\)*` is what may stand before a backslash that begins an escape.
_ESCAPE = r"(?<!\\)((?:\\\\)*)"
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_SUSPECT = r"\\u(0000|[dD][89a-fA-F])"
_REPLACED = (
    (_ESCAPE + r"\\u0000", r"\1"),
    (_ESCAPE + _HIGH + rf"(?!{_LOW})", r"\1?"),
    (rf"(?<!{_HIGH})" + _LOW, "?"),
)


def as_jsonb(column: str) -> str:
    """An SQL expression; `column` is a name of ours. What cannot be said is left out, or is a question mark."""
    cleaned = column
    for pattern, replacement in _REPLACED:
        cleaned = f"regexp_replace({cleaned}, '{pattern}', '{replacement}', 'g')"
    return f"(CASE WHEN {column} ~ '{_SUSPECT}' THEN {cleaned} ELSE {column} END)::jsonb"
