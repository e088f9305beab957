"""Registers, rates, samples and reports of follow-up (docs/figures.md): what the office prints and is judged by."""
