"""Fixed ticks, and the delivery of what the outbox holds."""
