"""GitHub as the practice ground has it: the REST API of the platform's repositories."""
