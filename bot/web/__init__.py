"""What answers HTTP: webhooks, health, metrics, and the server under them."""
