"""Answers to questions about a plan: why somebody is left, what is in conflict, what now, what if.

Imports `run`, `solvers` and what lies below them.
"""
