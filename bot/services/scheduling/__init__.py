"""排班 as staff edit it: one clinic, its seats, a week copied, a stretch of it to be suspended (R12)."""
