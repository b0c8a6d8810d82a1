"""Keeps the garbage collector off what start-up made: it would look through all of it, some 20 ms each time."""

import gc

GENERATIONS = (20_000, 10, 50)
"""How many objects are made before the collector looks: a declaration makes some 10,000 that go by themselves."""


def leave_alone_what_stays() -> None:
    """Call it once everything is made that stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GENERATIONS)
