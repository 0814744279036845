"""Limits on what strangers may take: of `connections`, of `requests` at once, and of what comes in `bodies`."""
