"""Answers to questions about a plan: why somebody is left, why not there, what is in conflict.

Imports `run`, `solvers` and what lies below them.
"""
