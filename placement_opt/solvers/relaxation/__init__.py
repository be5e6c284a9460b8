"""The linear relaxation: bounds and prices, over all pairs or over those that matter.

Imports `flow` and what lies below it.
"""
