"""What runs inside the child process: JSONata and nothing of ours besides.

The library is imported nowhere else: it raises the whole interpreter's recursion limit to 10,000, and an expression
can neither be stopped nor bounded from within a process that has other work to do.
"""
