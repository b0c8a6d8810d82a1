"""CPU and memory fit together as Cloud Run wants them, and what does not is refused with what would."""

import pytest

from bot.domain.container_size import Size, refuse_impossible, size_of, sizes_in
from bot.domain.errors import Refused


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        ("2", (2, None)),
        ("2cpu 4Gi", (2, 4096)),
        ("4Gi", (None, 4096)),
        ("512Mi", (None, 512)),
        ("cpu=4 memory=2G", (4, 2048)),
        ("2000m", (2, None)),
        ("", (None, None)),
    ],
)
def test_sizes_are_read(words: str, sizes: tuple[int | None, int | None]) -> None:
    assert sizes_in(words.split()) == sizes


@pytest.mark.parametrize("words", ["lots", "1 2", "2Gi 4Gi", "0.5", "500m", "4Ti", "²"])
def test_what_is_no_size_is_refused(words: str) -> None:
    with pytest.raises(Refused):
        sizes_in(words.split())


@pytest.mark.parametrize(
    ("cpus", "memory", "says"),
    [
        (3, 2048, "the nearest is 2"),
        (16, 2048, "the nearest is 8"),
        (1, 64, "the nearest is 128Mi"),
        (8, 65536, "the nearest is 32Gi"),
        (1, 8192, "8Gi of memory needs at least 2 CPUs"),
        (4, 24576, "needs at least 6 CPUs"),
        (4, 1024, "4 CPUs need at least 2Gi"),
        (8, 2048, "8 CPUs need at least 4Gi"),
    ],
)
def test_what_does_not_fit_is_refused(cpus: int, memory: int, says: str) -> None:
    with pytest.raises(Refused, match=says):
        refuse_impossible(Size(cpus=cpus, memory=memory))


@pytest.mark.parametrize(("cpus", "memory"), [(1, 128), (1, 4096), (2, 8192), (4, 2048), (8, 32768)])
def test_what_fits_is_let_through(cpus: int, memory: int) -> None:
    refuse_impossible(Size(cpus=cpus, memory=memory))


def test_sizes_are_written_as_the_platform_writes_them() -> None:
    assert str(size_of("2", "1Gi")) == "2 CPU, 1Gi"
    assert str(size_of("1000m", "512Mi")) == "1 CPU, 512Mi"
    assert size_of("0.5", "512Mi") is None
