"""群发：one text to a frozen audience, confirmed by one person and, above a number, approved by another."""
