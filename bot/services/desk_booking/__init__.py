"""The booking window: what receptionists look up and do for callers and walk-ins (R3, R14, R40)."""
