"""A run as a saga: steps that are carried out one after the other, continued by whoever comes next, and undone."""
