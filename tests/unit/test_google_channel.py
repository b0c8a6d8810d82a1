"""Channels to Google: shared, with credentials where it is Google, and every error told with what to do."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from google.api_core import exceptions
from google.auth.exceptions import RefreshError

from bot.domain.evidence import CouldNotLook
from bot.integrations.google_channel import Api, GoogleChannels, asking, deadline

API = Api(
    title="Cloud Run", host="run.googleapis.com", role="roles/run.viewer", libraries=("google.api_core.exceptions",)
)
CREDENTIALS = {"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}


@pytest.fixture
async def channels() -> AsyncIterator[GoogleChannels]:
    channels = GoogleChannels()
    yield channels
    await channels.close()


async def told(error: Exception, *, absent: str = "") -> str:
    """What somebody is told when a call raises this."""
    with pytest.raises(CouldNotLook) as caught:
        async with asking(API, permission="run.services.get", until=deadline(5), seconds=5, absent=absent):
            raise error
    return str(caught.value)


async def test_an_address_has_one_channel_however_many_ask_at_once(channels: GoogleChannels) -> None:
    first, second, other = await asyncio.gather(
        channels.channel(API, "127.0.0.1:1"), channels.channel(API, "127.0.0.1:1"), channels.channel(API, "127.0.0.1:2")
    )

    assert first is second is not other


async def test_without_credentials_it_says_how_to_get_some(
    channels: GoogleChannels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    with pytest.raises(CouldNotLook, match=r"\(DefaultCredentialsError\): run on Google Cloud, or `gcloud auth"):
        await channels.channel(API, None)


async def test_google_itself_is_reached_with_credentials(
    channels: GoogleChannels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.json").write_text(json.dumps(CREDENTIALS))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "some.json"))

    assert await channels.channel(API, None) is await channels.channel(API, None)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (exceptions.PermissionDenied("no"), "Cloud Run refuses: opsbot's service account lacks run.services.get; grant it roles/run.viewer."),
        (exceptions.PermissionDenied("off", error_info=exceptions.error_details_pb2.ErrorInfo(reason="SERVICE_DISABLED")),
         "Cloud Run is switched off in this project; enable run.googleapis.com there."),
        (exceptions.ResourceExhausted("Received message larger than max (70 vs. 60)"),
         "Cloud Run has more to say than can be read at once; look at a shorter time."),
        (exceptions.ResourceExhausted("Quota exceeded"), "Cloud Run's quota for reading is used up; look again in a minute."),
        (exceptions.NotFound("none"), "Cloud Run knows no such project or region; check GOOGLE_CLOUD_PROJECT and `region`."),
        (exceptions.DeadlineExceeded("late"), "Cloud Run did not answer within 5 s; look again in a moment."),
        (exceptions.Unknown("?"), "Cloud Run failed (UNKNOWN); look again in a moment."),
        (exceptions.GoogleAPICallError("?"), "Cloud Run failed (GoogleAPICallError); look again in a moment."),
        (RefreshError("revoked"), "Google's credentials cannot be used (RefreshError): run on Google Cloud, or"),
    ],
)  # fmt: skip
async def test_an_error_is_told_with_what_to_do(error: Exception, says: str) -> None:
    assert (await told(error)).startswith(says)


async def test_what_does_not_exist_is_told_in_the_words_of_whoever_asked() -> None:
    assert await told(exceptions.NotFound("none"), absent="There is no such service.") == "There is no such service."


async def test_what_is_nobodys_error_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        async with asking(API, permission="", until=deadline(5), seconds=5):
            raise KeyError("ours")
