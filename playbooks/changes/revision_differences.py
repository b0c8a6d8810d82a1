"""What two revisions differ in, for a plan card: names and sizes, never a value."""

from collections.abc import Iterator

from bot.domain.cloud_service import Revision


def differences(before: Revision, after: Revision) -> tuple[str, ...]:
    """What is different in `after`, each in a short line."""
    return tuple(_differences(before, after))


def _differences(before: Revision, after: Revision) -> Iterator[str]:
    if before.image != after.image:
        yield f"image {_image(before)} → {_image(after)}"
    if before.limits and after.limits and before.limits != after.limits:
        yield f"limits {before.limits.cpu} CPU, {before.limits.memory} → {after.limits.cpu} CPU, {after.limits.memory}"
    if before.concurrency != after.concurrency:
        yield f"concurrency {before.concurrency} → {after.concurrency}"
    yield from _variables(before, after)


def _variables(before: Revision, after: Revision) -> Iterator[str]:
    old = {each.name: each for each in before.environment}
    new = {each.name: each for each in after.environment}
    for words, names in (
        ("without variable", old.keys() - new.keys()),
        ("with variable", new.keys() - old.keys()),
        ("another value of", {name for name in old.keys() & new.keys() if old[name] != new[name]}),
    ):
        if names:
            yield f"{words} {', '.join(sorted(names))}"


def _image(revision: Revision) -> str:
    """Its digest's beginning, else its tag: that is what tells images apart."""
    path, at, digest = revision.image.partition("@")
    return digest.removeprefix("sha256:")[:12] if at else path.rpartition(":")[2] or "unknown"
