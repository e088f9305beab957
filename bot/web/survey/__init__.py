"""The questionnaire as one large-text page behind a signed link; the chat and the page fill the same response."""
