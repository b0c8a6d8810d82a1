"""The moments an incident is measured by, and what they come to, in words."""

from collections.abc import Iterator, Mapping

from bot.domain.incident import Incident
from bot.domain.message import Line, Message, Text, sentence
from bot.domain.metric import metrics_of
from bot.domain.milestone import Milestone
from playbooks.messages.wording import SEPARATOR, between, capitalised, day_and_time, length_words


def metrics_line(incident: Incident) -> Line:
    """`Detected in 4 min · acknowledged in 3 min · mitigated after 31 min`; empty while nothing is known."""
    metrics = metrics_of(incident)
    words = {
        "detected in": metrics.to_detect,
        "acknowledged in": metrics.to_acknowledge,
        "mitigated after": metrics.to_mitigate,
        "resolved after": metrics.to_resolve,
    }
    known = [(f"{word} {length_words(length)}",) for word, length in words.items() if length is not None]
    return capitalised(between(SEPARATOR, known)) if known else ()


def times_line(incident: Incident) -> Line:
    """`Started 13:58 · detected 14:02`: what only people know, so that it is seen when they are wrong."""
    return capitalised(between(SEPARATOR, _known(incident)))


def times_corrected(incident: Incident, times: Mapping[Milestone, object]) -> Message:
    """Whoever corrected times."""
    changed = ", ".join(milestone for milestone in Milestone if milestone in times)
    if not (line := metrics_line(incident)):
        return sentence(f"Corrected: {changed}.")
    return Message(summary=f"Corrected: {changed}.", parts=(Text(lines=((f"Corrected: {changed}.",), line)),))


def _known(incident: Incident) -> Iterator[Line]:
    for milestone in (Milestone.STARTED, Milestone.DETECTED):
        if at := incident.at(milestone):
            yield f"{milestone} ", day_and_time(at)
