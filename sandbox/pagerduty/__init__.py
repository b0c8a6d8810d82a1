"""PagerDuty as the practice ground has it: Events API v2, a part of the REST API, and a phone that rings."""
