"""Static files under hashed names once `collectstatic` has run, under their own names until then."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedOnceCollected(CompressedManifestStaticFilesStorage):
    """A fresh clone serves from its folders; a deployment collects and gets names that can be cached for ever."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored
