"""Staff of the console: who they are, how they sign in, what they may."""
