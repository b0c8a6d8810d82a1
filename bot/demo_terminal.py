"""The demo's terminal: one short line does what is typed as somebody of the practice ground, by its clock."""

import json
import shlex
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from bot.organisation import Organisation
from bot.terminal import login

PERSON = "ana"
"""Who the user of this machine is there."""
USERS = "\ncli_users:\n"


def told_at_terminal(written: str, organisation: Organisation) -> str:
    """The text of an organisation's file in which the user of this machine is somebody."""
    if login() in organisation.cli_users:
        return written
    return written.replace(USERS, f"{USERS}  {json.dumps(login())}: {PERSON}\n")


def terminal_in(folder: Path, ground: str, environment: Mapping[str, str], *, without: Collection[str]) -> Path:
    """A program in the demo's folder: what follows it is what follows `opsbot` elsewhere.

    Variables of the names in `without` are not handed on, however they are capitalised.
    """
    unset = " ".join(sorted({*without, *map(str.upper, without)}))
    exported = [f"export {name}={shlex.quote(value)}" for name, value in sorted(environment.items())]
    begun = shlex.join([sys.executable, "-m", "bot", "practise", ground])
    program = folder / "opsbot"
    program.write_text(
        "\n".join(["#!/bin/sh", f"unset {unset}", *exported, f'exec {begun} "$@"', ""]), encoding="utf-8"
    )
    program.chmod(0o700)
    return program
