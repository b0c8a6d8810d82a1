"""People start things: the routing table. Whatever somebody can type, press or send stands here, and nowhere else.

The Slack manifest, the words a mention understands and every help text are made from it.
"""

from collections.abc import Mapping

from handlers import (
    aftermath,
    alerting,
    buttons,
    changes,
    commands,
    course,
    forms,
    impact,
    looking,
    on_call,
    ops,
    recording,
    runbook,
    shortcuts,
)
from handlers.changes import asking
from handlers.spoken import FilledHandler, PressedHandler
from handlers.verbs import Command, Commands, Shortcut, Verb

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
                Verb("escalate", "", "Climb the escalation's next rung now", course.escalate),
                Verb("page", "[@person|role|policy] [why]", "Wake somebody through PagerDuty", course.page),
                Verb(
                    "impact",
                    "[services: …; users: …;] [what they cannot do]",
                    "Say who is affected, and how",
                    impact.impact,
                ),
                Verb("note", "[14:05] [text]", "Put a line on the timeline", recording.note),
                Verb("correct", "[note] [text]", "Put a note right", recording.correct),
                Verb("withdraw", "[note]", "Take a note back", recording.withdraw),
                Verb("times", "[mitigated] [14:12] [why]", "Say when things really were", recording.times),
                Verb("task", "[text] [@owner] [by Friday]", "Give somebody something to do", aftermath.add_task),
                Verb(
                    "follow-up", "[text] [@owner] [by Friday]", "Keep it from happening again", aftermath.add_follow_up
                ),
                Verb("tasks", "", "See what is to be done", aftermath.tasks, ("follow-ups",)),
                Verb("next", "", "Open the next phase", commands.next_phase),
                Verb("status", "", "See where it stands", commands.status),
                Verb("timeline", "", "See what happened", commands.timeline),
                Verb("list", "", "See what is open", commands.everything),
                Verb(
                    "alerts",
                    "[7 declare [severity] [title] | 7 dismiss | 7 reopen]",
                    "See alerts that wait; declare or dismiss one",
                    alerting.alerts,
                    ("alert",),
                ),
                Verb(
                    "mitigated",
                    "",
                    "Say that the damage has stopped; the fix is watched",
                    commands.mitigated,
                    ("mitigate",),
                ),
                Verb("resolve", "[what solved it]", "Say that it is over", commands.resolve, ("resolved",)),
                Verb("merge", "[INC-41] [into INC-42]", "Go on as one incident", course.merge),
                Verb("reopen", "[why]", "Say that it was not over", course.reopen),
                Verb("invite", "[@person]", "Let somebody into the room", course.invite),
                Verb("remove", "[@person]", "Take somebody out of the room", course.remove, ("kick",)),
                Verb("private", "[now]", "Let only those see it who are invited", course.private),
                Verb("room", "", "Open another war room when the old one is lost", course.new_room),
                Verb("drill", "[critical|high|medium|low] [title]", "Practise: nobody is paged", course.drill),
                Verb(
                    "report",
                    "[now|github|pull-request]",
                    "Write and publish the report, bring it to GitHub",
                    aftermath.report_asked,
                ),
                Verb("meeting", "[Thursday at 10:00] [where]", "Arrange the follow-up meeting", aftermath.meeting),
                Verb("close", "[without] [why]", "Put it away, with its report or without", commands.close),
            ),
        ),
        Command(
            name="/runbook",
            description="Find, read and start any playbook",
            verbs=(
                Verb("start", "PLAYBOOK [services] [what else it asks]", "Start it here", runbook.start, ("run",)),
                Verb("show", "[PLAYBOOK]", "Read it first", runbook.show, ("read",)),
                Verb("list", "", "See all playbooks", runbook.everything),
                Verb("stop", "RUN", "End a run before its end", runbook.stop),
            ),
            unsaid=runbook.everything,
            otherwise=Verb("", "[PLAYBOOK or words]", "Find one by its name, or by what you see", runbook.find),
        ),
        Command(
            name="/ops",
            description="Look at the platform, and after opsbot itself",
            verbs=(
                Verb("check", "[NAME] [services]", "Run a checklist, or look at one thing", ops.check),
                Verb("logs", "SERVICE [1h]", "See the errors of a service, grouped", ops.logs, ("log",)),
                Verb("metrics", "SERVICE [1h]", "See a service's latency, errors, load", ops.metrics),
                Verb(
                    "db",
                    "status|connections|kill-idle|pool|scale|…",
                    "Look at the database, or change it",
                    ops.database,
                    ("database",),
                ),
                Verb(
                    "backup",
                    "list|verify|now|restore-test|clone|restore",
                    "Look at the backups, or use them",
                    ops.backup,
                    ("backups",),
                ),
                Verb("restart", "SERVICE", "Start all instances anew", asking("restart")),
                Verb("scale", "SERVICE [MIN] [MAX] [for 2h]", "Allow more instances for a while", asking("scale")),
                Verb("env", "SERVICE KEY=VALUE", "Set variables; secrets by reference", asking("env")),
                Verb("resources", "SERVICE [CPUS] [2Gi]", "Give instances other limits", asking("resources")),
                Verb("isolate", "SERVICE [off]", "Close a service to everybody outside", asking("isolate")),
                Verb("to-latest", "SERVICE", "Unpin a service whose latest revision serves", asking("to-latest")),
                Verb(
                    "freeze", "on [SERVICE] [why]|off [SERVICE]|status", "Stop all changes for a while", changes.freeze
                ),
                Verb("whocan", "[CHANGE] [TARGET]", "See who may change what", changes.who_can),
                Verb("schedule", "", "See what starts by the clock in the next 14 days", ops.schedule),
                Verb("doctor", "", "Look whether everything opsbot needs is right", ops.doctor),
            ),
        ),
        Command(
            name="/rollback",
            description="Go back to the last revision of a service that was healthy",
            verbs=(
                Verb("finalize", "SERVICE", "End a rollback, so that new deployments get traffic", asking("finalize")),
            ),
            unsaid=asking("rollback"),
            otherwise=Verb(
                "", "SERVICE [REVISION]", "Plan it; nothing happens before people agree", asking("rollback")
            ),
        ),
        Command(
            name="/deploy",
            description="Deploy a version of a service, step by step",
            verbs=(),
            unsaid=asking("deploy"),
            otherwise=Verb(
                "", "SERVICE VERSION [waive WHY]", "Plan it; nothing happens before people agree", asking("deploy")
            ),
        ),
        Command(
            name="/oncall",
            description="Who is on call, until when, and how to reach them",
            verbs=(
                Verb("now", "", "See who is on call", on_call.now),
                Verb("next", "", "See who follows, and when", on_call.coming),
                Verb("handoff", "", "See when it is handed over, and do it", on_call.handoff),
                Verb("contacts", "", "See whom to reach, and how", on_call.contacts),
            ),
            unsaid=on_call.now,
        ),
    )
)

SHORTCUTS: Mapping[str, Shortcut] = {
    "declare": Shortcut(
        name="Declare an incident",
        kind="global",
        description="Opens a war room with the right people in it",
        run=shortcuts.declare,
    ),
    "declare-from-message": Shortcut(
        name="Declare from message",
        kind="message",
        description="Declares an incident that this message tells of",
        run=shortcuts.declare_from_message,
    ),
}

BUTTONS: Mapping[str, PressedHandler] = {
    "acknowledge": buttons.acknowledge,
    "ask-change": changes.ask_pressed,
    "change-again": changes.again_pressed,
    "change-keep": changes.keep_pressed,
    "change-agree": changes.agree_pressed,
    "change-alone": changes.alone_pressed,
    "change-by-hand": changes.by_hand_pressed,
    "change-cancel": changes.cancel_pressed,
    "change-review": changes.review_pressed,
    "change-severity": buttons.change_severity,
    "change-undo": changes.undo_pressed,
    "close": buttons.close,
    "close-without": aftermath.close_without_pressed,
    "correct-note": recording.correct_pressed,
    "declare": buttons.declare,
    "declare-alert": alerting.declare_pressed,
    "dismiss-alert": alerting.dismiss_pressed,
    "escalate": course.escalate_pressed,
    "file-report": aftermath.file_report_pressed,
    "impact": impact.impact_pressed,
    "look-again": looking.look_again,
    "make-private": course.private_pressed,
    "members": course.invite_pressed,
    "merge": course.merge_pressed,
    "meeting": aftermath.meeting_pressed,
    "mitigated": buttons.mitigated,
    "new-room": course.new_room_pressed,
    "next-phase": buttons.next_phase,
    "no-change": buttons.no_change,
    "note": recording.note_pressed,
    "post-update": buttons.post_update,
    "page": course.page_pressed,
    "reopen": course.reopen_pressed,
    "reopen-alert": alerting.reopen_pressed,
    "report": aftermath.report_pressed,
    "resolve": buttons.resolve,
    "role": buttons.role,
    "show-playbook": runbook.show_pressed,
    "skip-reason": buttons.skip_reason,
    "snooze": buttons.snooze,
    "start-playbook": runbook.start_pressed,
    "status-page": buttons.status_page,
    "step-answer": buttons.step_answer,
    "step-assign": buttons.step_assign,
    "step-done": buttons.step_done,
    "step-skip": buttons.step_skip,
    "stop-run": runbook.stop_pressed,
    "take-role": buttons.take_role,
    "task": aftermath.task_pressed,
    "task-assign": aftermath.task_assign_pressed,
    "task-done": aftermath.task_done_pressed,
    "task-due": aftermath.task_due_pressed,
    "times": recording.times_pressed,
    "try-again": buttons.try_again,
}

FORMS: Mapping[str, FilledHandler] = {
    "answer": forms.answer,
    "ask-change": changes.ask_sent,
    "change-agree": changes.agree_sent,
    "change-alone": changes.alone_sent,
    "close": aftermath.close_sent,
    "correct-note": recording.correct_sent,
    "declare": forms.declare,
    "impact": impact.impact_sent,
    "invite": course.invite_sent,
    "merge": course.merge_sent,
    "meeting": aftermath.meeting_sent,
    "note": recording.note_sent,
    "page": course.page_sent,
    "private": course.private_sent,
    "remove": course.remove_sent,
    "reopen": course.reopen_sent,
    "report": aftermath.report_sent,
    "resolve": forms.resolve,
    "role": forms.role,
    "severity": forms.severity,
    "skip": forms.skip,
    "start": runbook.start_sent,
    "status-page": forms.status_page,
    "task": aftermath.task_sent,
    "task-due": aftermath.task_due_sent,
    "times": recording.times_sent,
    "update": forms.update,
}
