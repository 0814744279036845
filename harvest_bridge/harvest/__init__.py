"""Harvest itself, as plain Python: no ORM, no Django.

`operations` says what can be asked, `sync_client` asks it from synchronous code and `gateway` from the I/O loop,
`records`, `pages` and `errors` are what comes back.
"""
