"""A large hospital's year, written straight into the tables: what the console's pages are timed on."""
