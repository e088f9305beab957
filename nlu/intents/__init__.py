"""What the patient wants: a small linear model over tokens and character n-grams, rules with context on top."""
