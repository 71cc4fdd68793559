"""Text to claims, events and context: who said what, where, when."""
