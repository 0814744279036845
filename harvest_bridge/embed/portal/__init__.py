"""An end client's page: the invoices and estimates of one client of one linked account, and nothing else."""
