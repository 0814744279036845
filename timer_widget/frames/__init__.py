"""The frames that host pages embed, and the scripts that load them."""
