"""What unit tests may ask for: a log that is given back."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def log_as_it_was() -> Iterator[None]:
    """The log is the process's; a test that sets it up gives it back as it was."""
    root = logging.getLogger()
    handlers, level, structured = list(root.handlers), root.level, structlog.get_config()
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**structured)
