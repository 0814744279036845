"""Every model of this app; each question keeps its own in its sub-package."""

from __future__ import annotations
