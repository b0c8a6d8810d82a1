"""Benchmarks: the bot as a process of its own, measured against its bounds and targets; `make bench` prints the table."""
