"""Looks at what runs in Harvest, for open pages."""
