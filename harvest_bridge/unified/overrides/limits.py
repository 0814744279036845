"""What one mapping may cost. docs/mappings.md tells hosts the same numbers."""

from __future__ import annotations

MAX_EXPRESSION_CHARACTERS = 4_000
MAX_FIELDS_PER_LAYER = 50
MAX_VALUE_BYTES = 64 * 1024
MAX_FIELD_BYTES = 8 * 1024 * 1024  # one field of one page
MAX_PAGE_BYTES = 32 * 1024 * 1024  # all fields of one page
MAX_MEMORY_BYTES = 384 * 1024 * 1024  # address space of a child, of which an idle one has some 60 MB
MAX_TEXT_BYTES = 16 * 1024 * 1024  # one text within an expression
MAX_LIST_ITEMS = 1_000_000  # one list within an expression

FIELD_CPU_SECONDS = 1.0  # one field of one page, measured in the child
FIELD_WALL_SECONDS = 4.0  # then the child is killed
PAGE_WALL_SECONDS = 10.0  # all fields of one page, the wait for a child included
PAUSE_SECONDS = 30.0  # how long a field that had to be stopped is left alone

WORKERS = 3
WORKERS_PER_OWNER = WORKERS - 1  # so that no host app can hold them all
