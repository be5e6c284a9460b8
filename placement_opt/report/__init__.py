"""What people get to see of a run: the tables, costs and levies, the summary, the words for errors.

Imports `answers`, `run` and what lies below them.
"""
