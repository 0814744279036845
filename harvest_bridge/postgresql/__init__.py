"""Django's back end for PostgreSQL, with bounds for a server that is away or silent. `settings.py` names it."""
