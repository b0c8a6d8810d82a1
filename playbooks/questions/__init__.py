"""What the bot asks: pure functions from the state of things to a form, one file per subject."""
