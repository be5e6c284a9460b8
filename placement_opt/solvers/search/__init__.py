"""The search that all solvers share: best plan and bound, clock, log, memory, native code.

Imports no other room of the solvers.
"""
