"""The search that all solvers share: board, clock, time plan, log, memory, native code.

Imports no other room of the solvers.
"""
