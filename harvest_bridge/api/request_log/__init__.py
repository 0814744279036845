"""The request log: `middleware` records each request, `buffer` holds it until `table` writes it, `queries` counts,
`retention` forgets.
"""
