"""People start things: the routing table, from which the Slack manifest, mentions and help come."""
