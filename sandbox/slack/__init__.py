"""Slack on loopback: the Web API, Socket Mode, signed HTTP, and what people do in its client."""
