"""What can be pressed about a maintenance, wherever that stands."""

from bot.domain.maintenance import Maintenance
from bot.domain.message import Button, Style


def go(of: Maintenance) -> Button:
    return Button(action="maintenance-go", label="Go", value=str(of.number), style=Style.PRIMARY)


def cancel(of: Maintenance) -> Button:
    """It asks why."""
    return Button(action="maintenance-cancel", label="Cancel it", value=str(of.number))


def say(of: Maintenance, style: Style = Style.PLAIN) -> Button:
    """It asks how it goes."""
    return Button(action="maintenance-say", label="Say how it goes", value=str(of.number), style=style)


def longer(of: Maintenance) -> Button:
    return Button(action="maintenance-extend", label="30 min longer", value=f"{of.number}/30m")


def work_done(of: Maintenance) -> Button:
    return Button(action="maintenance-verify", label="The work is done", value=str(of.number), style=Style.PRIMARY)


def end(of: Maintenance) -> Button:
    """It asks what was done."""
    return Button(action="maintenance-end", label="All is well: end it", value=str(of.number), style=Style.PRIMARY)
