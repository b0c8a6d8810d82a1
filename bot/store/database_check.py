"""What `opsbot doctor` says of the database: whether it is there, up to date, can be written, and lies on a local disk."""

from pathlib import Path

from sqlalchemy import delete, exc
from sqlalchemy.engine import make_url

from bot.domain.errors import OpsbotError
from bot.store.migrate import check_schema, transaction
from bot.store.tables import mark

REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "fuse.sshfs", "fuse.gcsfuse", "fuse.s3fs"})
"""File systems of other machines: their locks do not hold, and SQLite's files break on them."""
MOUNTS = Path("/proc/self/mounts")
NOTHING = "doctor"


def database_troubles(url: str) -> list[str]:
    """What keeps it from being used, each with its remedy; blocking. Nothing is made and nothing changed."""
    path = sqlite_path(url)
    if path and not path.exists():
        return [f"there is no database at {path}: run `opsbot migrate`, or set OPSBOT_DATABASE_URL."]
    try:
        check_schema(url)
        _try_to_write(url)
    except exc.DBAPIError as error:
        return [_unusable(str(error.orig).strip().splitlines()[0])]
    except OpsbotError as error:
        return [str(error)]
    return [*_elsewhere(path)]


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite database."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _try_to_write(url: str) -> None:
    """Nothing has that key, so nothing is deleted; a database that only reads refuses all the same."""
    with transaction(url) as connection:
        connection.execute(delete(mark).where(mark.c.key == NOTHING))


def _unusable(reason: str) -> str:
    return f"the database cannot be used ({reason}): correct OPSBOT_DATABASE_URL, or have the database mended."


def _elsewhere(path: Path | None) -> list[str]:
    """Whether the file is another machine's; where that cannot be seen, nothing is said."""
    if path is None or not MOUNTS.exists():
        return []
    kind = kind_of_disk(path.resolve(), MOUNTS.read_text(encoding="utf-8", errors="replace"))
    if kind not in REMOTE:
        return []
    return [f"the database lies on a disk of another machine ({kind}): move it to a local one, or use PostgreSQL."]


def kind_of_disk(path: Path, mounts: str) -> str:
    """The file system that a file is on, of the mounts as the kernel lists them."""
    fields = [line.split() for line in mounts.splitlines()]
    known = {Path(each[1].replace("\\040", " ")): each[2] for each in fields if len(each) > 2}
    return next((known[folder] for folder in (path, *path.parents) if folder in known), "")
