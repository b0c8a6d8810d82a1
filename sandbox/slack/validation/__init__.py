"""What Slack checks in blocks, attachments, metadata and views before it takes them."""

from sandbox.slack.validation.view import check_view

__all__ = ["check_view"]
