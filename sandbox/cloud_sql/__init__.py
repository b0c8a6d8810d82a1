"""Cloud SQL's Admin API on loopback, over the one world behind the practice ground."""
