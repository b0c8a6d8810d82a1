"""What the operator's file says about the backup of the configuration: where it is kept, and for whom it is encrypted."""

import re

from bot.domain.config_backup import ConfigHome
from bot.integrations.age_sealing import recipient
from bot.organisation_values import text
from bot.yaml_section import Section

BUCKET = re.compile(r"gs://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](/[^\s]*)?")


def read_config_backup(section: Section) -> ConfigHome | None:
    """None where nothing is backed up."""
    if not section.names():
        section.close()
        return None
    home = ConfigHome(to=section.required("to", _place, ""), recipients=section.values("recipients", _recipient))
    section.close()
    return home if home.to else None


def _place(written: str) -> str:
    if written.startswith("gs:") and not BUCKET.fullmatch(written):
        raise ValueError("must be a bucket like gs://acme-config/opsbot, or a folder.")
    return text(written)


def _recipient(written: str) -> str:
    try:
        recipient(written)
    except ValueError as error:
        raise ValueError(f"{error}; `age-keygen` makes a pair of keys.") from error
    return written
