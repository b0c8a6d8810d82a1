"""What people do in Slack's client. People and channels are given by id or by name; SlackError says what they may not do."""

from sandbox.slack.acting.commanding import Commanding
from sandbox.slack.acting.filling import Filling, SubmitResult
from sandbox.slack.acting.moving import Moving
from sandbox.slack.acting.outcome import Outcome
from sandbox.slack.acting.pressing import Pressing
from sandbox.slack.acting.talking import Talking

__all__ = ["Acting", "Outcome", "SubmitResult"]


class Acting(Talking, Moving, Commanding, Pressing, Filling):
    """Everything a person can do."""
