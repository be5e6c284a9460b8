"""What every room may use: errors, statuses, exact numbers, short texts, files, reading columns.

Imports nothing from any other room.
"""
