"""Every speed claim of the project, as a command that prints a ratio against a named baseline."""
