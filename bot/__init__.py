"""The ground opsbot stands on: domain, store, Slack, integrations, wiring."""
