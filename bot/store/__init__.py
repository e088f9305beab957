"""SQLAlchemy models, the unit of work, inbox and outbox; sessions in Redis."""
