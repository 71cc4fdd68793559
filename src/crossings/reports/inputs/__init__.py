"""From files to documents: text with its date, publisher, title and address, whatever the form."""
