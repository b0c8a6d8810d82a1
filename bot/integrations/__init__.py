"""The world outside: one file per system, with the vendor's errors translated in it and nowhere else."""
