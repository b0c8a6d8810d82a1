"""The web client's server side: what a person sees, what changes while they look, and what they do."""
