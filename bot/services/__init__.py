"""Use cases: (command, unit of work) → typed outcome, one transaction each."""
