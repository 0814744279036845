"""What goes over the wire: one function per kind of record, keys in the order in which Harvest sends them."""

from __future__ import annotations
