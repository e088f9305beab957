"""One module per thing a patient can do in the chat; the Chinese copy lives in ``texts/``."""
