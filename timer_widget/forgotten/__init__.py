"""Forgotten timers: found by the worker, answered by their people."""
