"""The model in integers: rows, points, own variables, and the exact proof of a bound.

Knows no ids and no records. Imports `pairs` and what lies below it, and no rule.
"""
