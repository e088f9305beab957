"""Pushes as data: kinds with their timing and ladder, what each says over each road, and when none may go."""
