"""What contract tests may ask for: Slack on loopback."""

from collections.abc import AsyncIterator

import pytest

from tests.slack_on_loopback import SlackOnLoopback


@pytest.fixture
async def slack() -> AsyncIterator[SlackOnLoopback]:
    """A small workspace, spoken to over the wire."""
    loopback = SlackOnLoopback()
    await loopback.start()
    yield loopback
    await loopback.stop()
