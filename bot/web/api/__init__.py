"""The JSON API for other systems (the HIS, the phone centre): the console's acts, with a token for each system."""
