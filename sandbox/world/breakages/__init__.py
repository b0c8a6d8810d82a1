"""What can break on the platform, each with what it does and what heals it."""
