"""The store: everything opsbot remembers, and the outbox of everything it still has to do outside."""
