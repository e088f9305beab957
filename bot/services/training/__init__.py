"""培训与考核 (R23, R47): planned, who took part, what they reached, who failed three times."""
