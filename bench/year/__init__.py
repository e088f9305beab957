"""A simulated year of follow-up: scripted patients, real imports, ticks, answers and calls, and a recount by hand."""
