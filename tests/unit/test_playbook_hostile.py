"""Whatever is in a file, reading it ends in a playbook or in mistakes."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.playbook import Vocabulary, Weight
from bot.store.kept_playbook import keep, recall
from playbooks.block import plain
from playbooks.directive import span_of
from playbooks.markdown import Reading, digest, examine
from playbooks.slug import slug, slugs

VOCABULARY = Vocabulary(evidence={"latency": ""}, changes={"rollback": ""})

SNIPPETS = st.sampled_from(
    [
        *("---\n", "kind: incident\n", "# ", "## ", "- ", "1. ", "  - ", "- [ ] ", "> ", "```\n", "~~~\n", "    "),
        *(
            "`auto: announce`",
            "`auto: rollback`",
            "`ask: impact`",
            "`window: 0-5m`",
            "`status: closed`",
            "`evidnce: x`",
        ),
        *(
            "**",
            "*",
            "_",
            "[a](b)",
            "![",
            "<!--",
            "|",
            "\n",
            "\n\n",
            "\r\n",
            "\r",
            "\t",
            "word",
            "\x00",
            "\u2028",
            "\u202e",
        ),
    ]
)
FILES = st.lists(SNIPPETS | st.text(max_size=8), max_size=40).map("".join)
ANYTHING = st.characters(exclude_categories=())
"""Lone surrogates, too."""


def ends_well(text: str) -> Reading:
    reading = examine(text, "any.md", VOCABULARY)
    errors = [mistake for mistake in reading.mistakes if mistake.weight is Weight.ERROR]
    assert (reading.playbook is None) == bool(errors)
    assert all(1 <= mistake.line <= text.count("\n") + text.count("\r") + 1 for mistake in reading.mistakes)
    return reading


@settings(max_examples=300, deadline=None)
@given(FILES)
def test_any_file_ends_in_a_playbook_or_in_mistakes(text: str) -> None:
    reading = ends_well(text)

    if playbook := reading.playbook:
        keys = [step.key for step in playbook.steps()]
        assert keys
        assert len(set(keys)) == len(keys)
        assert all(step.text == step.text.strip() != "" for step in playbook.steps())
        assert recall(keep(playbook)) == playbook


@settings(deadline=None)
@given(st.text(ANYTHING, max_size=200))
def test_any_text_ends_in_a_playbook_or_in_mistakes(text: str) -> None:
    ends_well(text)


@settings(deadline=None)
@given(st.text(ANYTHING, max_size=200))
def test_any_front_matter_ends_in_a_playbook_or_in_mistakes(text: str) -> None:
    ends_well(f"---\n{text}\n---\n- step\n")


@settings(deadline=None)
@given(FILES)
def test_prose_is_never_taken_for_directives(text: str) -> None:
    """The words below a heading that are no list survive, whatever code stands in them."""
    prose = f"Words `{text.replace('`', '')}` words `auto: nonsense`."
    one_line = " ".join(prose.split())

    playbook = examine(f"---\nkind: incident\n---\n## Look\n\n{one_line}\n\n1. Look.\n", "any.md", VOCABULARY).playbook

    assert playbook is not None
    assert playbook.phases[0].prose == one_line


@settings(deadline=None)
@given(st.text(max_size=60))
def test_code_without_a_colon_is_never_a_directive(text: str) -> None:
    assert span_of(text.replace(":", ""), 1) is None


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_name_is_kebab_case_and_stays_as_it_is(title: str) -> None:
    name = slug(title)

    assert name == slug(name)
    assert 1 <= len(name) <= 60
    assert not set(name) & set(" /_.:\n")


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "a 2", "A", "b", "a-2-2", ""]), max_size=12))
def test_names_differ(titles: list[str]) -> None:
    names = slugs(titles)

    assert len(set(names)) == len(titles)


@settings(deadline=None)
@given(st.text(ANYTHING, max_size=100))
def test_the_digest_depends_on_the_text_alone(text: str) -> None:
    assert digest(text) == digest("".join(list(text)))
    assert len(digest(text)) == 64


def test_nothing_at_all_has_no_words() -> None:
    assert plain([]) == ""
