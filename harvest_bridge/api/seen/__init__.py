"""The request log: `doorman` notes each request, `log` keeps and writes it, `queries` counts, `retention` forgets."""
