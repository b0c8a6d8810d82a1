"""Tags and releases at GitHub: a tag is made of one commit and never moved, a release of a tag that is there.

A release that names a tag which is not there would be made of whatever the default branch is then; so the tag comes
first, by itself. Source: the actions' GH-02 and the errata, E27.
"""

from bot.domain.errors import Unsure
from bot.integrations.github_writing import NONSENSE, GitHubWriting


class GitHubReleases:
    """The repositories that a token may write to (contents: write). See `playbooks.hands` for what is raised."""

    def __init__(self, github: GitHubWriting) -> None:
        self._github = github

    async def close(self) -> None:
        """Takes no more calls."""
        await self._github.close()

    async def tag(self, repository: str, tag: str, *, commit: str, message: str) -> None:
        """An annotated tag. What says something about a commit is no tag yet; only the reference to it is."""
        git = f"/repos/{repository}/git"
        said = {"tag": tag, "message": message, "object": commit, "type": "commit"}
        made = await self._github.make(f"{git}/tags", said)
        if not made.get("sha"):
            raise Unsure(NONSENSE)
        await self._github.make(f"{git}/refs", {"ref": f"refs/tags/{tag}", "sha": made["sha"]})

    async def release(self, repository: str, tag: str, *, title: str, early: bool) -> None:
        """A release of a tag that is there, with notes of GitHub's own; an older line's does not become the latest."""
        wanted = {"tag_name": tag, "name": title, "generate_release_notes": True, "prerelease": early}
        wanted["make_latest"] = "false" if early else "legacy"  # which goes by the version, not by the date alone
        await self._github.make(f"/repos/{repository}/releases", wanted)
