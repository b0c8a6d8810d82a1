"""What people agreed to tell customers, on its way from a change to the status page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.status_page import Health, Stage

WORDS = "customer_words"
"""The fact of a receipt that holds them."""


@dataclass(frozen=True, kw_only=True)
class CustomerWords:
    """A notice as it was agreed to; `seen` is how many there were before."""

    title: str
    stage: Stage
    text: str
    components: Mapping[str, Health] = field(default_factory=dict)
    seen: int = 0


def write_words(words: CustomerWords) -> str:
    """As text, for a receipt."""
    return json.dumps(
        {
            "title": words.title,
            "stage": words.stage.value,
            "text": words.text,
            "components": {key: health.value for key, health in words.components.items()},
            "seen": words.seen,
        }
    )


def read_words(written: str) -> CustomerWords:
    """What `write_words` wrote."""
    said = json.loads(written)
    return CustomerWords(
        title=str(said["title"]),
        stage=Stage(said["stage"]),
        text=str(said["text"]),
        components={key: Health(health) for key, health in said["components"].items()},
        seen=int(said["seen"]),
    )
