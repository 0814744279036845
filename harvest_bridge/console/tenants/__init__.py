"""Everything of one customer: out into a file, or gone."""
