"""How values in the operator's file are written; each mistake is the rest of a sentence that begins with the value."""

import re
from collections.abc import Callable, Sequence
from datetime import time, timedelta
from difflib import get_close_matches
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from bot.organisation import Reach

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1), "s": timedelta(seconds=1)}
YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
LONGEST = timedelta(days=60)
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def matching(pattern: str, otherwise: str) -> Callable[[str], str]:
    """A reader of text of one form; `otherwise` says which."""
    form = re.compile(pattern)

    def read(text: str) -> str:
        if not form.fullmatch(text):
            raise ValueError(otherwise)
        return text

    return read


key = matching(
    r"[a-z0-9]+(-[a-z0-9]+)*", "must be written with small letters, digits and hyphens, like vp-engineering."
)
slack_user = matching(
    r"[UW][A-Z0-9]{2,14}", "must be a Slack user id, like U012AB3CD (in Slack: profile, ⋮, Copy member ID)."
)
channel = matching(
    r"#[^\s#@,.A-Z]{1,80}|[CG][A-Z0-9]{4,14}",
    'must be a channel, like "#alerts" (in quotes, for # begins a comment) or an id, like C012AB3CD.',
)
pagerduty_id = matching(
    r"[A-Z0-9]{6,16}", "must be a PagerDuty id, like PABC123 (the end of its address in the browser)."
)
statuspage_id = matching(
    r"[a-z0-9]{6,20}", "must be the id of a component, like 8kbf7d35c070 (the end of its address at Statuspage)."
)
email = matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "must be an e-mail address, like ana@example.com.")
phone = matching(r"\+[0-9][0-9 ().-]{5,24}", "must be an international phone number, like +1 555 0100.")
emoji = matching(r"[a-z0-9_+'-]{1,100}", "must be the name of an emoji without colons, like pushpin.")
playbook = matching(r"[a-z0-9]+(-[a-z0-9]+)*", "must be the name of a playbook: its file's name without .md.")

cloud_name = matching(
    r"[a-z]([a-z0-9-]{0,96}[a-z0-9])?",
    "must be a name in the cloud: small letters, digits and hyphens, like control-plane.",
)
repository = matching(r"[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}", "must be a repository, like owner/name.")
image = matching(
    r"[a-z0-9.-]+(/[a-z0-9._-]+){2,6}",
    "must be the path of an image without tag or digest, like us-central1-docker.pkg.dev/project/repository/image.",
)
folder = matching(
    r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,9}",
    "must be a folder within the repository, like docs/incidents.",
)
build_trigger = matching(
    r"([a-z0-9-]{1,40}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
    "must be a trigger of Cloud Build, like control-plane-image or global/control-plane-image.",
)
path = matching(r"/[\w./~-]{0,199}", "must be a path, like /health.")
table = matching(
    r"[A-Za-z_][A-Za-z0-9_$]{0,62}(\.[A-Za-z_][A-Za-z0-9_$]{0,62})?",
    "must be a table, like users or billing.invoices.",
)
metric_name = matching(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,199}", "must be a name of Prometheus, like agent_runs_total.")


def text(written: str) -> str:
    """A short text."""
    if not written or len(written) > 300:
        raise ValueError("must be a text of at most 300 characters.")
    return written


def expression(written: str) -> str:
    """A query, over one line or several."""
    if not written or len(written) > 4000:
        raise ValueError("must be a query of at most 4,000 characters.")
    return written


def by_zoom(written: str) -> bool:
    """Whether the bridge is a meeting of its own."""
    if written not in {"link", "zoom"}:
        raise ValueError("must be link (the one link for all) or zoom (a meeting for each incident).")
    return written == "zoom"


def count(written: str) -> int:
    """A whole number."""
    if not re.fullmatch(r"\d{1,9}", written):
        raise ValueError("must be a whole number, like 100.")
    return int(written)


def timezone(written: str) -> ZoneInfo:
    """A time zone of the IANA list; a city alone is answered with its zone."""
    zones = _zones()
    if written in zones:
        return ZoneInfo(written)
    wanted = written.lower().replace(" ", "_")
    known = {word: zone for zone in zones for word in (zone.lower(), zone.lower().rsplit("/", 1)[-1])}
    near = get_close_matches(wanted, known, n=1)
    advice = f"did you mean `{known[near[0]]}`?" if near else "write it like Europe/London."
    raise ValueError(f"is no time zone; {advice}")


@cache
def _zones() -> Sequence[str]:
    """In order. Looking through the machine's list takes longer than all else in the file."""
    return sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


def duration(written: str) -> timedelta:
    """A wait such as 15m, 4h, 1h30m or 2d."""
    found = re.fullmatch(r"(?:(\d{1,4})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,5})s)?", written)
    amounts = found.groups(default="0") if found else ()
    wait = sum((int(amount) * unit for amount, unit in zip(amounts, UNITS.values(), strict=False)), timedelta())
    if not timedelta() < wait <= LONGEST:
        raise ValueError("must be a duration, like 15m, 4h, 1h30m or 2d; at most 60d.")
    return wait


def hour(written: str) -> time:
    """A time of day such as 09:00."""
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", written):
        raise ValueError("must be a time of day, like 09:00 or 17:30.")
    hours, minutes = written.split(":")
    return time(int(hours), int(minutes))


def days(written: str) -> frozenset[int]:
    """A day, or a range such as monday-friday; Monday is 0."""
    first, _, last = (part.strip().lower() for part in written.partition("-"))
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError("must be days in English, like monday-friday or saturday.")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    return frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def switch(written: str) -> bool:
    """Yes or no."""
    if written.lower() not in YES_OR_NO:
        raise ValueError("must be yes or no.")
    return YES_OR_NO[written.lower()]


def always(written: str) -> bool:
    """Whether the clock runs day and night, or only in business hours."""
    if written not in {"always", "business_hours"}:
        raise ValueError("must be always or business_hours.")
    return written == "always"


def reach(written: str) -> Reach:
    """How somebody is reached."""
    if written not in set(Reach):
        raise ValueError("must be page (wake them) or inform (a direct message).")
    return Reach(written)


def url(written: str) -> str:
    """An https address; plain http only on this machine."""
    try:
        parts = urlsplit(written)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        good = secure and bool(parts.hostname) and not re.search(r"[\s<>|]", written)
    except ValueError:
        good = False
    if not good:
        raise ValueError("must be an address that begins with https://.")
    return written


def room_name(written: str) -> str:
    """A template of channel names; the number keeps them apart."""
    form = r"(?:[a-z0-9_-]|\{(?:number|slug|severity)\}){1,60}"
    if not re.fullmatch(form, written) or "{number}" not in written:
        raise ValueError(
            "must be lower case, with {number} and perhaps {slug} and {severity}, like inc-{number}-{slug}."
        )
    return written
