"""The ways to solve: `auto` and the ways that it chooses from.

Imports every other room of the solvers.
"""
