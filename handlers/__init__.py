"""People start things: the routing table. Whatever somebody can type, press or send stands here, and nowhere else.

The Slack manifest, the words a mention understands and every help text are made from it.
"""

from collections.abc import Mapping

from handlers import buttons, commands, forms
from handlers.spoken import FilledHandler, PressedHandler
from handlers.verbs import Command, Commands, Verb

COMMANDS = Commands(
    commands=(
        Command(
            name="/incident",
            description="Declare an incident and work through it",
            verbs=(
                Verb("declare", "[critical|high|medium|low] [title]", "Open a war room", commands.declare),
                Verb("ack", "", "Say that you are on it", commands.acknowledge, ("acknowledge",)),
                Verb("update", "[text]", "Post a status update", commands.update),
                Verb(
                    "status-page",
                    "[investigating|identified|monitoring|resolved] [text]",
                    "Tell customers on the status page",
                    commands.status_page,
                    ("statuspage",),
                ),
                Verb(
                    "nochange", "", "Say that nothing changed since the last update", commands.no_change, ("no-change",)
                ),
                Verb("snooze", "[15|30]", "Be asked for the update later", commands.snooze),
                Verb("role", "[commander|communications|scribe] [@person]", "Take a role, or give it", commands.role),
                Verb("severity", "[critical|high|medium|low] [why]", "Make it better or worse", commands.severity),
                Verb("note", "[text]", "Put a line on the timeline", commands.note),
                Verb("next", "", "Open the next phase", commands.next_phase),
                Verb("status", "", "See where it stands", commands.status),
                Verb("timeline", "", "See what happened", commands.timeline),
                Verb("list", "", "See what is open", commands.everything),
                Verb(
                    "mitigated",
                    "",
                    "Say that the damage has stopped; the fix is watched",
                    commands.mitigated,
                    ("mitigate",),
                ),
                Verb("resolve", "[what solved it]", "Say that it is over", commands.resolve, ("resolved",)),
                Verb("close", "", "Put it away when the work after it is done", commands.close),
            ),
        ),
    )
)

BUTTONS: Mapping[str, PressedHandler] = {
    "acknowledge": buttons.acknowledge,
    "change-severity": buttons.change_severity,
    "close": buttons.close,
    "declare": buttons.declare,
    "declare-alert": buttons.declare_alert,
    "dismiss-alert": buttons.dismiss_alert,
    "mitigated": buttons.mitigated,
    "next-phase": buttons.next_phase,
    "no-change": buttons.no_change,
    "note": buttons.note,
    "post-update": buttons.post_update,
    "resolve": buttons.resolve,
    "role": buttons.role,
    "skip-reason": buttons.skip_reason,
    "snooze": buttons.snooze,
    "status-page": buttons.status_page,
    "step-answer": buttons.step_answer,
    "step-assign": buttons.step_assign,
    "step-done": buttons.step_done,
    "step-skip": buttons.step_skip,
    "take-role": buttons.take_role,
    "try-again": buttons.try_again,
}

FORMS: Mapping[str, FilledHandler] = {
    "answer": forms.answer,
    "declare": forms.declare,
    "note": forms.note,
    "resolve": forms.resolve,
    "role": forms.role,
    "severity": forms.severity,
    "skip": forms.skip,
    "status-page": forms.status_page,
    "update": forms.update,
}
