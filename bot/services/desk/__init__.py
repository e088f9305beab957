"""The human desk (人工会话): who waits, what was said, answers in the patient's chat, back to the bot."""
