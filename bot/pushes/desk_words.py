"""What the human desk says to a patient besides its own words."""

GOODBYE = "人工服务先到这里。接下来有事直接告诉我，我接着帮您；还想找人工，回复「转人工」。"
"""The conversation is the bot's again."""
