"""The plan of a deal: what is there, what is to be made, every call of it, and what is in the way."""
