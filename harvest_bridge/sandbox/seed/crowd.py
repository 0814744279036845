"""More people, for those who want a big account: about one per 750 time entries a year."""

from __future__ import annotations

from harvest_bridge.sandbox.records import UserAssignment
from harvest_bridge.sandbox.seed.builder import Builder

ENTRIES_PER_PERSON = 750
FIRST_NAMES = ("Amara", "Boris", "Chloe", "Diego", "Esther", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Luca")
LAST_NAMES = ("Abbott", "Berg", "Castillo", "Dubois", "Eze", "Ferrari", "Gupta", "Haas", "Ito", "Jensen", "Kowalski")


def add_crowd(build: Builder, *, entries: int) -> None:
    """Everybody in the crowd works on a third of the active projects."""
    projects = [project for project in build.account.projects if project.is_active]
    for number in range(entries // ENTRIES_PER_PERSON - len(build.account.users)):
        first_name, last_name = build.dice.choice(FIRST_NAMES), build.dice.choice(LAST_NAMES)
        user = build.user(first_name, last_name, f"{first_name}.{last_name}.{number}@fennelfinch.example".lower())
        build.rates(user, 100, 50)
        pairs: list[UserAssignment] = [build.assign_user(project, user) for project in build.dice.sample(projects, 5)]
        user.updated_at = pairs[-1].created_at
