"""The eligible pairs: the table of them, their columns and groups, and the pairs that a user lists.

Imports `instance` and what lies below it.
"""
