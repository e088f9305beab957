"""WeChat official account: messages in and out, and the API client."""
