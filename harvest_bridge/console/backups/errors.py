"""What keeps a backup from being made or restored; each says the remedy."""

from __future__ import annotations


class BackupError(Exception):
    """The root of them; commands show its text."""


class ToolMissing(BackupError):
    """PostgreSQL's own programs do the copying, and are not here."""


class NotABackup(BackupError):
    """The file is none of ours, or it is damaged."""


class DoesNotFit(BackupError):
    """The backup is whole, but not for this database, these keys, or this version."""


class NotEmpty(BackupError):
    """There is data already, and nobody said that it may go."""
