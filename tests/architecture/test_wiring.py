"""What people are shown is what is routed: buttons, forms, commands, events, scopes; nothing less and nothing more."""

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_bolt.kwargs_injection.async_utils import build_async_required_kwargs

from bot.slack.controls import OPEN
from handlers import BUTTONS, COMMANDS, FORMS, admission
from handlers.events import HEARD
from handlers.manifest import SCOPES, manifest
from handlers.provide import Door
from handlers.verbs import Command
from playbooks.messages.help import HelpLine
from sandbox.slack.delivery import hearing
from tests.golden_file import assert_golden

ROOT = Path(__file__).parents[2]
METHODS = json.loads((ROOT / "tests/fixtures/slack_methods.json").read_text(encoding="utf-8"))
KINDS = ("channels", "groups", "im")
"""The kinds of conversation the bot is in: public, private, direct."""
WITHOUT_A_METHOD = {
    "commands": "slash commands",
    "files:read": "the files of messages in conversations.history",
    "users:read.email": "the address in users.info",
}


def calls(folder: str) -> Iterator[ast.Call]:
    """Every call that is written below a folder."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield from (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))


def named(call: ast.Call) -> str:
    """The name of the function or method that is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def given(call: ast.Call, keyword: str) -> str | None:
    """The text that is given for a keyword, if it is written out."""
    values = [each.value for each in call.keywords if each.arg == keyword]
    return next((str(each.value) for each in values if isinstance(each, ast.Constant)), None)


def called_methods() -> set[str]:
    """The methods of Slack's Web API that the bot calls."""
    by_attribute = {method.replace(".", "_"): method for method in METHODS}
    names = {named(call) for folder in ("bot/slack", "handlers") for call in calls(folder)}
    return {by_attribute[name] for name in names & by_attribute.keys()}


def scopes_of(event: str) -> set[str]:
    """The scopes without which Slack does not deliver an event; who comes and goes is told by the kind of channel."""
    if event in hearing.MEMBERSHIP:
        return set(hearing.MEMBERSHIP_SCOPES.values())
    return {scope for scope in [hearing.SCOPES[event]] if scope}


def test_every_button_is_routed_and_every_route_has_a_button() -> None:
    controls = [call for call in calls("playbooks") if named(call) in {"Button", "PersonPicker"}]
    shown = {action for call in controls if (action := given(call, "action"))}

    assert len(shown) > 15
    assert shown == set(BUTTONS)
    assert OPEN not in BUTTONS


def test_every_form_is_routed_and_every_route_has_a_form() -> None:
    forms = {given(call, "name") for call in calls("playbooks/questions") if named(call) == "Form"} - {None}
    of_steps = {call.args[0].value for call in calls("playbooks/questions") if named(call) == "_form" and call.args}  # type: ignore[attr-defined]

    assert forms | of_steps == set(FORMS)


def test_the_rules_of_the_door_speak_of_what_is_routed() -> None:
    """A name that is written wrong there would let in, or open, what it should not."""
    assert set(BUTTONS) | set(FORMS) >= admission.ABOUT_NO_INCIDENT
    assert set(BUTTONS) >= admission.ABOUT_TWO | admission.FOR_CALLED
    assert set(FORMS) >= admission.WHILE_OPEN | admission.UNTIL_CLOSED | admission.ONCE_OVER


@pytest.mark.parametrize("listener", ["command", "action", "view", "event", "ignore"])
def test_a_listener_asks_only_for_what_bolt_knows(listener: str) -> None:
    """Bolt hands None to an argument whose name it does not know."""
    known = set(re.findall(r'"(\w+)": ', inspect.getsource(build_async_required_kwargs)))
    wanted = set(inspect.signature(getattr(Door, listener)).parameters) - {"self"}

    assert {"ack", "body", "client"} <= known
    assert wanted <= known


@pytest.mark.parametrize("request_url", [None, "https://opsbot.example.com/slack/events"])
def test_the_manifest_is_as_it_was_reviewed(request_url: str | None) -> None:
    name = "manifest-http.json" if request_url else "manifest-socket.json"
    assert_golden(name, json.dumps(manifest(COMMANDS, request_url=request_url), indent=2, ensure_ascii=False) + "\n")


def test_the_manifest_has_every_command_and_every_event() -> None:
    made = manifest(COMMANDS)

    assert [each["command"] for each in made["features"]["slash_commands"]] == list(COMMANDS.names)
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == set(HEARD)
    assert all(len(each["description"]) <= 100 for each in made["features"]["slash_commands"])


def test_the_manifest_has_the_scope_of_every_method_and_event() -> None:
    for method in called_methods():
        scopes = METHODS[method]["scopes"]
        families = {scope.partition(":")[0] for scope in scopes} & set(KINDS)
        for family in families or {""}:
            wanted = [scope for scope in scopes if not family or scope.startswith(f"{family}:")]
            assert not wanted or set(wanted) & set(SCOPES), f"{method} needs one of {wanted}"
    for event in HEARD:
        assert scopes_of(event) <= set(SCOPES)


def test_the_manifest_has_no_scope_that_nothing_needs() -> None:
    of_methods = {scope for method in called_methods() for scope in METHODS[method]["scopes"]}
    of_events = {scope for event in HEARD for scope in scopes_of(event)}

    assert set(SCOPES) <= of_methods | of_events | set(WITHOUT_A_METHOD)
    assert all(SCOPES.values())


def test_help_lists_every_verb_of_every_command() -> None:
    for command in COMMANDS.commands:
        lines = command._help()[1 if command.otherwise else 0 :]
        assert [line.command.split()[1] for line in lines] == [verb.name for verb in command.verbs]
        assert all(isinstance(line, HelpLine) and line.what for line in lines)


def test_no_two_verbs_of_a_command_have_the_same_name() -> None:
    for command in COMMANDS.commands:
        names = [name for verb in command.verbs for name in (verb.name, *verb.aliases)]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "command", [each for each in COMMANDS.commands if not each.otherwise], ids=lambda each: each.name
)
def test_the_documentation_speaks_of_no_verb_that_does_not_exist(command: Command) -> None:
    verbs = {name for verb in command.verbs for name in (verb.name, *verb.aliases)}
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "playbooks").rglob("*.md"))]
    for page in pages:
        for verb in re.findall(rf"`{command.name} ([a-z-]+)", page.read_text(encoding="utf-8")):
            assert verb in verbs | {"help"}, f"{page.name} speaks of {command.name} {verb}"
