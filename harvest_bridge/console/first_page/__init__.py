"""The admin's first page: the state of the service, and what needs somebody."""
