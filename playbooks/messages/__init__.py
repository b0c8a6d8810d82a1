"""What the bot says: pure functions from the state of things to a message, one file per subject."""
