"""The history of an item and of a person: who started, stopped and edited what, from where, and what came of it."""
