"""A tag's image is found by its digest, what is not there is told apart from what could not be asked."""

from collections.abc import AsyncIterator

import pytest

from bot.domain.evidence import CouldNotLook
from bot.integrations.artifact_registry import ArtifactRegistry
from tests.neighbours_server import NeighboursServer

IMAGE = "us-central1-docker.pkg.dev/agent-marketplace/services/control-plane"


@pytest.fixture
async def images(server: NeighboursServer) -> AsyncIterator[ArtifactRegistry]:
    client = server.images()
    yield client
    await client.close()


async def test_a_tag_stands_for_the_digest_that_runs(server: NeighboursServer, images: ArtifactRegistry) -> None:
    digest = await images.digest(IMAGE, "1.7.0")

    assert digest is not None
    assert server.platform.revisions("control-plane")[0].template.image == f"{IMAGE}@{digest}"
    assert await images.exists(IMAGE, digest)


async def test_what_is_not_there_is_no_error(images: ArtifactRegistry) -> None:
    assert await images.digest(IMAGE, "9.9.9") is None
    assert await images.digest(f"{IMAGE}-more/nested", "1.7.0") is None
    assert not await images.exists(IMAGE, f"sha256:{'0' * 64}")


@pytest.mark.parametrize("image", ["control-plane", "gcr.io/project/image", f"{IMAGE}:1.0", f"{IMAGE}/../../other", ""])
async def test_what_is_no_image_is_not_asked_for(
    server: NeighboursServer, images: ArtifactRegistry, image: str
) -> None:
    with pytest.raises(CouldNotLook, match="is no image of Artifact Registry"):
        await images.digest(image, "1.0.0")
    assert server.calls("artifact-registry") == []


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("http_503", "is failing \\(503"),
        ("garbage_json", "makes no sense"),
        ("ratelimited", "slow down"),
        ("error:403", "artifactregistry.reader"),
    ],
)
async def test_what_goes_wrong_is_said(
    server: NeighboursServer, images: ArtifactRegistry, kind: str, says: str
) -> None:
    server.break_down(kind, target="artifact-registry")

    with pytest.raises(CouldNotLook, match=says):
        await images.digest(IMAGE, "1.7.0")


async def test_doctor_hears_that_it_answers(server: NeighboursServer, images: ArtifactRegistry) -> None:
    assert await images.examine() == "Artifact Registry answers."
    server.break_down("error:403", target="artifact-registry")
    with pytest.raises(CouldNotLook):
        await images.examine()
