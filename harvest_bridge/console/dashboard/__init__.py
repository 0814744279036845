"""The admin's dashboard: the state of the service, and what needs somebody."""
