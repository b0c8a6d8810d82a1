"""Settings that name a secret get its content, or a sentence that says why not."""

import base64

import httpx
import pytest

from bot.integrations.secret_manager import SecretsUnreadable, from_secret_manager, with_secrets

NAME = "projects/shop/secrets/slack-bot-token/versions/latest"
KEPT = {f"/v1/{NAME}:access": "xoxb-1\n"}


def secret_manager(request: httpx.Request) -> httpx.Response:
    assert request.headers["Authorization"] == "Bearer ya29.token"
    if "forbidden" in request.url.path:
        return httpx.Response(403)
    if "silent" in request.url.path:
        raise httpx.ConnectTimeout("no answer")
    if "nonsense" in request.url.path:
        return httpx.Response(200, json={"payload": {"data": "***"}})
    if request.url.path not in KEPT:
        return httpx.Response(404)
    return httpx.Response(200, json={"payload": {"data": base64.b64encode(KEPT[request.url.path].encode()).decode()}})


@pytest.fixture
def client() -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(secret_manager))


def token() -> str:
    return "ya29.token"


def test_a_named_secret_takes_the_place_of_its_name(client: httpx.Client) -> None:
    environ = {"SLACK_BOT_TOKEN": f"secret:{NAME}", "OPSBOT_MODE": "observe"}

    assert with_secrets(environ, client, token) == {"SLACK_BOT_TOKEN": "xoxb-1", "OPSBOT_MODE": "observe"}


def test_google_is_not_asked_when_no_secret_is_named() -> None:
    environ = {"SLACK_BOT_TOKEN": "xoxb-1"}

    assert from_secret_manager(environ) is environ


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (NAME.replace("slack", "forbidden"), "grant the service account roles/secretmanager.secretAccessor."),
        (NAME.replace("slack", "unknown"), "there is no such secret or version."),
        (NAME.replace("slack", "silent"), "Secret Manager does not answer (ConnectTimeout)."),
        (NAME.replace("slack", "nonsense"), "its content is no text."),
        ("slack-bot-token", "write it as projects/PROJECT/secrets/NAME/versions/latest."),
    ],
)
def test_a_secret_that_cannot_be_read_is_told_with_its_setting(client: httpx.Client, name: str, reason: str) -> None:
    with pytest.raises(SecretsUnreadable) as caught:
        with_secrets({"SLACK_BOT_TOKEN": f"secret:{name}"}, client, token)

    assert caught.value.sentences == [f"SLACK_BOT_TOKEN names the secret {name}, which cannot be read: {reason}"]
