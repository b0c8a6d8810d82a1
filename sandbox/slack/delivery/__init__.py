"""How Slack reaches the app: envelopes over sockets or signed requests over HTTP, and events until they are taken."""
