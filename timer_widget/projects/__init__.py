"""Choosing project and task."""
