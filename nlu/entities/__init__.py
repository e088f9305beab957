"""Departments, doctors, people, symptoms, numbers and choices, each found by spans over the normalised text."""
