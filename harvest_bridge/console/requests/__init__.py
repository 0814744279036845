"""The request log in the admin: list, filters, charts."""
