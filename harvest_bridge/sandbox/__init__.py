"""A pretend Harvest: the API, the identity host and a timesheet page, in memory, in one process.

It imports nothing of ours, so that a wrong idea about Harvest cannot be shared by the product and its test ground.
`testing` starts one inside a test, `manage.py sandbox` for a person.
"""

from __future__ import annotations
