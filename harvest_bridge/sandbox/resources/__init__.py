"""Harvest's resources: one module per family, each with its routes (REFERENCE §8); the reports are beside (§9)."""

from __future__ import annotations
