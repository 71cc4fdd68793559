"""Text to claims, events and context: who said what, where, when.

The reader is a cascade of plain stages over plain records: sentences, tokens, numbers, rejection,
head noun, measure, source, place, time, relations. Every word that it knows stands in a data file
of a language folder (``languages/en``), so that a person can add a verb or a noun without code.
"""
