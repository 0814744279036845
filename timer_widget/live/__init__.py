"""Live updates to open pages."""
