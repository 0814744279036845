"""Which workers are alive, and which jobs they ran."""
