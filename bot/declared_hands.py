"""The clients that set off what the operator declared, as the settings say."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.domain.clock import Clock
from bot.integrations.cloud_run_jobs import CloudRunJobs
from bot.integrations.github_workflows import GitHubWorkflows
from bot.integrations.github_writing import GitHubWriting
from bot.integrations.google_channel import GoogleChannels
from bot.integrations.hook import HookSender
from bot.settings import Settings


@dataclass(frozen=True, kw_only=True)
class DeclaredHands:
    """None for what is not configured."""

    workflows: GitHubWorkflows | None = None
    jobs: CloudRunJobs | None = None
    hooks: HookSender | None = None


@contextlib.asynccontextmanager
async def declared_hands(settings: Settings, clock: Clock) -> AsyncIterator[DeclaredHands]:
    """The clients within a block; afterwards every connection is closed."""
    channels = GoogleChannels()
    hands = DeclaredHands(workflows=_workflows(settings), jobs=_jobs(settings, channels), hooks=_hooks(settings, clock))
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(channels.close)
        for each in (hands.workflows, hands.hooks):
            if each:
                stack.push_async_callback(each.close)
        yield hands


def _workflows(settings: Settings) -> GitHubWorkflows | None:
    if not settings.github_token:
        return None
    token, seconds = settings.github_token.get_secret_value(), settings.http_timeout_seconds
    return GitHubWorkflows(GitHubWriting(token=token, url=settings.github_url, timeout=seconds))


def _jobs(settings: Settings, channels: GoogleChannels) -> CloudRunJobs | None:
    if not settings.google_cloud_project:
        return None
    return CloudRunJobs(
        channels=channels,
        project=settings.google_cloud_project,
        endpoint=settings.cloud_run_endpoint,
        timeout=settings.http_timeout_seconds,
    )


def _hooks(settings: Settings, clock: Clock) -> HookSender | None:
    secret = settings.hook_secret
    if not secret:
        return None
    return HookSender(secret=secret.get_secret_value(), timeout=settings.http_timeout_seconds, clock=clock)
