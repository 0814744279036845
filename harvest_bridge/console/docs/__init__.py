"""/docs/: the OpenAPI description to read, section by section."""
