"""Problems that are networks: the cheapest flow, its prices, and the cut that proves there is none.

Imports `derived` and what lies below it.
"""
