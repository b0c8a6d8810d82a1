"""A file that was uploaded."""

import base64
import mimetypes
from dataclasses import dataclass, field

from sandbox.payload import JsonObject


@dataclass(kw_only=True)
class File:
    """A file and its bytes; until it is completed nobody but the uploader knows of it."""

    id: str
    name: str
    user: str
    created: int
    size: int
    title: str = ""
    alt_txt: str = ""
    content: bytes | None = None
    is_complete: bool = False
    channels: list[str] = field(default_factory=list)

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def shown(self, url: str) -> JsonObject:
        """The file as files.info gives it; `url` is where Slack is."""
        kind = self.name.rpartition(".")[2].lower() if "." in self.name else "binary"
        address = f"{url}/files-pri/{self.id}/{self.name}"
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.user,
            "size": self.size,
            "mode": "hosted",
            "is_external": False,
            "is_public": bool(self.channels),
            "url_private": address,
            "url_private_download": address,
            "permalink": address,
            "channels": list(self.channels),
            "groups": [],
            "ims": [],
            "alt_txt": self.alt_txt,
        }

    def frozen(self) -> JsonObject:
        content = None if self.content is None else base64.b64encode(self.content).decode()
        return {**vars(self), "content": content}

    @staticmethod
    def thawed(record: JsonObject) -> "File":
        content = record["content"]
        return File(**{**record, "content": None if content is None else base64.b64decode(content)})
