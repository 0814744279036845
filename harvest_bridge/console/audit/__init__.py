"""What was done, by whom: rows that are added and never changed, and that outlive whoever did it."""
