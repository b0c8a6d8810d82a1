"""A build that makes images of a commit, as far as it has got."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class ImageBuild:
    """`url` is where its log is; `failure` says in a word or two how it ended when that was not well."""

    url: str
    done: bool
    failure: str = ""
    unapproved: bool = False
    """Whether somebody has to approve it before it begins."""
    images: Mapping[str, str] = field(default_factory=dict)
    """What was made: the digest of each image, by its path with the tag."""
