"""What people get to see of a run: the tables, costs and levies, the summary.

Imports `answers`, `run` and what lies below them.
"""
