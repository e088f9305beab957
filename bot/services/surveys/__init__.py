"""Answering questionnaires: what may be asked, each move kept, and what completing one sets going."""
