"""What questions read of the mirror beside numbers: people, projects, their names and settings."""

from __future__ import annotations
