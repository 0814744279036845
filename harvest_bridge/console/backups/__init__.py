"""A whole bridge in one file, and back: a consistent copy of its database, with a manifest to check it against."""
