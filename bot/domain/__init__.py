"""Rules of the hospital without I/O: states, policies, identity, typed commands and outcomes."""
