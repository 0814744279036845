"""Where a long word may go on in the next line: an address breaks after `@`, not in the middle of a name."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Shorter ones fit into a line of the narrowest page (connect.css).
_LONG_WORD = re.compile(r"\S{25,}")
_AFTER = re.compile(r"(?<=[\w])([@._/+:-]+)(?=\w)")


@register.filter
def with_breaks(text: object) -> SafeString:
    """The text as HTML, with `<wbr>` after each sign within its long words that joins two parts of them."""
    parts = _LONG_WORD.sub(lambda word: _AFTER.sub("\\1\0", word[0]), str(text).replace("\0", "")).split("\0")
    return mark_safe("<wbr>".join(map(escape, parts)))  # noqa: S308 - each part is escaped
