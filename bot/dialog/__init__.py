"""The dialog state machine: declarative frames on a stack, pure functions, no I/O."""
