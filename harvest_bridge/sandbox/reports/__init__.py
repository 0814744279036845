"""Reports, computed from the data at each request (REFERENCE §9); their numbers are those of the lists."""

from __future__ import annotations
