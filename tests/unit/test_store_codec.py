"""What is written into the outbox is read back as it was, and nothing else is ever made of it."""

import dataclasses
import json
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import document, effect, marked, message, paging, profile
from bot.domain.effect import Effect, FindChannel, Post, Priority
from bot.domain.message import Message, Part
from bot.store.codec import Unreadable, kind_of, read, write

MOMENTS = st.datetimes(timezones=st.just(UTC))
for kind in (*get_args(message.Span)[1:], *get_args(Part), *get_args(message.Control)):
    st.register_type_strategy(kind, st.deferred(lambda kind=kind: st.builds(kind)))
st.register_type_strategy(datetime, MOMENTS)

ABSTRACT = (Effect, effect.InPlace, effect.Touch, paging.OfAlert)
EFFECTS = [
    kind
    for module in (document, effect, marked, paging, profile)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Effect) and kind not in ABSTRACT
]


@pytest.mark.parametrize("kind", EFFECTS, ids=lambda kind: kind.__name__)
def test_every_effect_comes_back_as_it_was(kind: type[Effect]) -> None:
    @given(st.builds(kind))
    def same(before: Effect) -> None:
        after = read(write(before))
        assert after == before
        assert type(after) is type(before)

    same()


def test_urgency_stays_a_priority_and_a_bold_word_stays_bold() -> None:
    said = Message(summary="x", parts=(message.paragraph(message.Bold(text="a"), message.Italic(text="a"), "a"),))
    post = Post(place="room/1", slot="s", message=said, urgency=Priority.DECLARE)

    back = read(write(post))

    assert isinstance(back, Post)
    assert back.urgency is Priority.DECLARE
    assert back == post


def test_a_field_that_was_added_later_has_its_default() -> None:
    stored = json.loads(write(Post(place="room/1", slot="s")))
    del stored["thread"]

    assert read(json.dumps(stored)) == Post(place="room/1", slot="s")


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "no json",
        "null",
        "17",
        "[]",
        "{}",
        '{"$": "effect.Teleport"}',
        '{"$": "teleport.Post"}',
        '{"$": "effect.Post"}',
        '{"$": "effect.Post", "place": "a", "slot": "b", "colour": "red"}',
        '{"$": "effect.Receipt"}',
        '{"$": "effect.Priority", "value": 3}',
        '{"$": "effect.datetime", "year": 1, "month": 1, "day": 1}',
        '{"$": "effect.Mapping"}',
        '{"$": "effect.room", "incident": 1}',
        '{"$": "errors.GiveUp"}',
        '{"$": "../store.Effect"}',
        '{"$": "os.system"}',
        '{"$": "datetime", "at": "yesterday"}',
    ],
)
def test_what_means_nothing_is_unreadable(stored: str) -> None:
    with pytest.raises(Unreadable):
        read(stored)


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner), max_leaves=9)
)
def test_whatever_is_stored_is_an_effect_or_unreadable(stored: object) -> None:
    with pytest.raises(Unreadable):
        read(json.dumps({"$": "effect.FindChannel", "name": stored, "extra": stored}))


def test_only_values_of_the_domain_can_be_stored() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Foreign(FindChannel):
        pass

    with pytest.raises(TypeError, match="only values of"):
        write(Foreign(name="#alerts"))
    with pytest.raises(TypeError, match="cannot be stored"):
        write(FindChannel(name=b"#alerts"))  # type: ignore[arg-type]
    assert kind_of(FindChannel(name="#alerts")) == "effect.FindChannel"
