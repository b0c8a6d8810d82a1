"""The small platform behind the practice ground: everything it shows derives from a log of events and the time."""
