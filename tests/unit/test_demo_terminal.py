"""The demo's terminal: whoever sits at the machine is somebody of the practice ground, and one short line does it."""

import asyncio
import os
from pathlib import Path

from bot.demo_terminal import PERSON, USERS, terminal_in, told_at_terminal
from bot.organisation_file import read_organisation
from bot.terminal import login
from tests.organisation_text import EXAMPLE


def test_the_user_of_this_machine_is_somebody_there() -> None:
    written = EXAMPLE.read_text(encoding="utf-8")
    told = told_at_terminal(written, read_organisation(written, "opsbot.yaml"))

    member = read_organisation(told, "opsbot.yaml").person_at_terminal(login())
    assert member
    assert member.key == PERSON


def test_who_is_somebody_already_stays_who_they_are() -> None:
    written = EXAMPLE.read_text(encoding="utf-8").replace(USERS, f'{USERS}  "{login()}": ben\n')

    assert told_at_terminal(written, read_organisation(written, "opsbot.yaml")) == written


async def test_the_program_speaks_with_the_settings_of_the_demo_and_goes_through_no_proxy(tmp_path: Path) -> None:
    """With a ground that is none it says so, in a sentence that only these settings lead to."""
    program = terminal_in(tmp_path, "http://127.0.0.1:9", {"OPSBOT_POLL_SECONDS": "it's never"}, without={"http_proxy"})
    child = await asyncio.create_subprocess_exec(
        program,
        *("incident", "list"),
        env={**os.environ, "HTTP_PROXY": "http://127.0.0.1:9"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await child.communicate()

    assert child.returncode == 1
    assert "OPSBOT_POLL_SECONDS must be a number of seconds" in told.decode()
    assert "HTTP_PROXY" in program.read_text(encoding="utf-8")
