"""From what a patient typed to what they mean: normalize → entities → intents → ``Understood``."""
