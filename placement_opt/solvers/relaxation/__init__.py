"""The linear relaxation, over all variables or over some of them: prices, and what they prove.

Imports `flow` and what lies below it.
"""
