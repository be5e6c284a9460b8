"""Reasons in words: why somebody is not placed, why not there, what is in conflict."""
