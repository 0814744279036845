"""Polls Harvest's running timers for open pages."""
