"""The control panel's server side: the clock, the bot's process, faults, limits and the log."""
