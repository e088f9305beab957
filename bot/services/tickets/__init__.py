"""意见、投诉、表扬: tickets from the first word to the patient's yes (R37)."""
