"""What people fill in: what the client refuses, what the app hears, and what its answers do to the form."""

import pytest

from sandbox.payload import JsonObject
from sandbox.server import Sandbox
from sandbox.slack.errors import SlackError
from tests.contract.tiny_app import TinyApp, modal, text_input


async def open_form(app: TinyApp, form: JsonObject, *, by: str = "ana") -> str:
    """The id of a modal that somebody has open."""
    app.form = form
    assert (await app.sandbox.acting.command(by, "general", "/say open")).ok
    app.form = None
    person = app.sandbox.acting.person(by)
    return str(app.sandbox.desk.views.stack(person.id)[-1]["id"])


def typed(text: str, block: str = "reason") -> JsonObject:
    return {block: {"text": {"type": "plain_text_input", "value": text}}}


async def test_a_form_is_submitted_with_all_its_values(sandbox: Sandbox, app: TinyApp) -> None:
    view = await open_form(app, modal(text_input("reason"), text_input("note", optional=True)))
    result = await sandbox.acting.submit("ana", view, typed("It is slow"))
    submission = app.heard[-1]

    assert result.ok
    assert submission["type"] == "view_submission"
    assert submission["view"]["state"]["values"] == {
        "reason": {"text": {"type": "plain_text_input", "value": "It is slow"}},
        "note": {"text": {"type": "plain_text_input", "value": None}},
    }
    assert sandbox.desk.views.stack("U0ANA") == []


@pytest.mark.parametrize(("text", "flaw"), [("  ", "required"), ("x" * 21, "at most 20")])
async def test_the_client_itself_refuses_what_cannot_be_sent(
    sandbox: Sandbox, app: TinyApp, text: str, flaw: str
) -> None:
    view = await open_form(app, modal(text_input("reason")))
    app.heard.clear()
    result = await sandbox.acting.submit("ana", view, typed(text))

    assert flaw in result.errors["reason"]
    assert app.heard == []


async def test_errors_keep_the_form_and_what_was_entered(sandbox: Sandbox, app: TinyApp) -> None:
    view = await open_form(app, modal(text_input("reason")))
    app.ack = {"response_action": "errors", "errors": {"reason": "Say more."}}
    result = await sandbox.acting.submit("ana", view, typed("slow"))
    open_view = sandbox.desk.views.stack("U0ANA")[0]

    assert (result.ok, result.errors) == (False, {"reason": "Say more."})
    assert open_view["state"]["values"]["reason"]["text"]["value"] == "slow"


async def test_errors_of_fields_there_are_not_are_refused(sandbox: Sandbox, app: TinyApp) -> None:
    view = await open_form(app, modal(text_input("reason")))
    app.ack = {"response_action": "errors", "errors": {"nonsense": "Say more."}}

    assert (await sandbox.acting.submit("ana", view, typed("slow"))).error == "invalid_errors"


async def test_an_update_shows_another_form_in_the_same_place(sandbox: Sandbox, app: TinyApp) -> None:
    view = await open_form(app, modal(text_input("reason")))
    app.ack = {"response_action": "update", "view": modal(text_input("more"), title="Second")}
    result = await sandbox.acting.submit("ana", view, typed("slow"))
    stack = sandbox.desk.views.stack("U0ANA")

    assert result.response_action == "update"
    assert [(each["id"], each["title"]["text"]) for each in stack] == [(view, "Second")]


async def test_pushed_forms_lie_above_and_are_cleared_together(sandbox: Sandbox, app: TinyApp) -> None:
    first = await open_form(app, modal(text_input("reason")))
    app.ack = {"response_action": "push", "view": modal(text_input("more"), title="Second")}
    await sandbox.acting.submit("ana", first, typed("slow"))
    second = sandbox.desk.views.stack("U0ANA")[-1]["id"]
    assert len(sandbox.desk.views.stack("U0ANA")) == 2

    app.ack = {"response_action": "clear"}
    await sandbox.acting.submit("ana", second, typed("slower", "more"))
    assert sandbox.desk.views.stack("U0ANA") == []


async def test_a_form_the_app_does_not_answer_stays_open(sandbox: Sandbox, app: TinyApp) -> None:
    view = await open_form(app, modal(text_input("reason")))
    await sandbox.sockets.close()
    await sandbox.sockets.reach(0)
    result = await sandbox.acting.submit("ana", view, typed("slow"))

    assert result.error in {"dispatch_failed", "operation_timeout"}
    assert len(sandbox.desk.views.stack("U0ANA")) == 1


async def test_closing_a_form_is_heard_by_an_app_that_asks_for_it(sandbox: Sandbox, app: TinyApp) -> None:
    view = await open_form(app, modal(text_input("reason")))
    await sandbox.acting.close_view("ana", view)
    view = await open_form(app, modal(text_input("reason")))
    await sandbox.acting.close_view("ana", view, is_cleared=True)
    closed = [body for body in app.heard if body.get("type") == "view_closed"]

    assert [body["is_cleared"] for body in closed] == [False, True]


async def test_nobody_submits_a_form_of_somebody_else(sandbox: Sandbox, app: TinyApp) -> None:
    view = await open_form(app, modal(text_input("reason")))

    with pytest.raises(SlackError, match="not_found"):
        await sandbox.acting.submit("ben", view, typed("slow"))
