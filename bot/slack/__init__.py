"""Slack: the only files that speak Block Kit and call Slack."""
