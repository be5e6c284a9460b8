"""The page that people hand over: one HTML file with the plan, its proof and its reasons.

`page` fills the templates; `figures` reads the numbers, `flows` draws who travels where, `people`
writes the rows of the table and the cards, `words` holds the words in English and Dutch.
"""
