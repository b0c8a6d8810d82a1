"""What opsbot is about, in plain Python: no library, no network, no database."""
