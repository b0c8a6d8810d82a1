"""The platform's PostgreSQL: a real one, in which opsbot sees the world behind the practice ground."""
