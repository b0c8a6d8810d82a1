"""The docs name every permission and role that a client of Google's says is missing when it is."""

from pathlib import Path

import pytest

from bot.integrations import cloud_logging, cloud_monitoring
from bot.integrations.cloud_run_reading import RUN
from bot.integrations.google_channel import Api

DOCS = (Path(__file__).parents[2] / "docs" / "permissions.md").read_text()


@pytest.mark.parametrize("api", [RUN, cloud_logging.LOGGING, cloud_monitoring.MONITORING])
def test_every_role_is_in_the_docs(api: Api) -> None:
    assert f"| {api.title} |" in DOCS
    assert f"`{api.role}`" in DOCS


@pytest.mark.parametrize(
    "permission",
    [
        "run.services.list",
        "run.services.get",
        "run.revisions.list",
        cloud_logging.PERMISSION,
        cloud_monitoring.PERMISSION,
    ],
)
def test_every_permission_is_in_the_docs(permission: str) -> None:
    assert f"`{permission}`" in DOCS
