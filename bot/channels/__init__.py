"""One folder per platform: how it signs, speaks and delivers."""
