"""Measurements of placement_opt; `python -m benchmarks --help` lists them."""
