"""Problems that are networks or hold one: the cheapest flow, its prices, the cut that forbids one.

Imports `derived` and what lies below it.
"""
