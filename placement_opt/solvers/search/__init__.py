"""What all solvers share: the search with its board, clock and log, the time plan, native calls.

Imports no other room of the solvers.
"""
