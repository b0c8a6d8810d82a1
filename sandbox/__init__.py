"""The practice ground: the outside world on loopback, faithful enough that the real bot works in it unchanged."""
