"""Where processes are forked from that would import everything anew: a process that has done nothing but import."""

from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

PRELOADED = ("__main__", "bot.app", "bot.terminal", "sandbox.clock", "alembic.command", "tests.chaos.life")


@cache
def zygote() -> ForkServerContext:
    """The one of this process. It is started with the first process that is forked from it."""
    context = get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context
