"""The command line: `opsbot serve` runs the bot, `opsbot demo` tries it, the others prepare and look."""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from bot.domain.playbook import Vocabulary
    from bot.organisation import Organisation
    from bot.settings import Settings

Result = TypeVar("Result")
cli = typer.Typer(
    name="opsbot",
    help="Runs the operations runbook from Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
playbook = typer.Typer(help="Check and read playbooks.", no_args_is_help=True)
audit = typer.Typer(help="Look back at what was asked, decided and done.", no_args_is_help=True)
for name, group in (("playbook", playbook), ("audit", audit)):
    cli.add_typer(group, name=name)

AS_IN_SLACK = {"ignore_unknown_options": True, "help_option_names": []}
Words = Annotated[list[str] | None, typer.Argument(help="As after the command in Slack.")]
Paths = Annotated[list[Path] | None, typer.Argument(help="Files and folders; else the library and your own folder.")]


@cli.command()
def serve() -> None:
    """Run the bot, with the settings of the environment."""
    from bot.app import serve_until_told
    from bot.domain.clock import SystemClock

    _served(serve_until_told(*_told(), SystemClock()))


@cli.command(hidden=True, context_settings=AS_IN_SLACK)
def practise(ground: str, words: Words = None) -> None:
    """Run the bot by the practice ground's clock, or do what the words say; `opsbot demo` starts this."""
    from bot.demo import practise_in

    _served(practise_in(ground, *_told(), words or (), typer.echo))


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the page is; 0 takes any free port.")] = 4600,
    folder: Annotated[Path, typer.Option(help="Where it is kept what happened.")] = Path(".demo"),
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what happened before.")] = False,
) -> None:
    """Try the bot in the browser, with no account of any kind."""
    from bot.app import CannotStart
    from bot.demo import Demo

    try:
        asyncio.run(Demo(folder=folder.resolve(), fresh=fresh).run(port, typer.echo))
    except CannotStart as error:
        _fail([str(error)])


@cli.command()
def migrate() -> None:
    """Bring the database up to date; `serve` does it by itself."""
    from bot.store.migrate import DatabaseUnusable
    from bot.store.migrate import migrate as bring_up_to_date

    url = _settings(slack_needed=False).database_url.get_secret_value()
    _or_fail(lambda: bring_up_to_date(url), DatabaseUnusable)
    typer.echo("The database is up to date.")


@cli.command()
def manifest(
    url: Annotated[str | None, typer.Option(help="Where Slack reaches the bot, for the HTTP transport.")] = None,
) -> None:
    """Print the manifest of the Slack app, to create or update it with."""
    from handlers import COMMANDS
    from handlers.manifest import manifest as made

    address = f"{url.rstrip('/')}/slack/events" if url else None
    typer.echo(json.dumps(made(COMMANDS, request_url=address), indent=2))


@cli.command()
def doctor() -> None:
    """Check settings, opsbot.yaml, playbooks, database, Slack and paging, and say how to fix what is wrong."""
    from bot.doctor import examine_environment
    from bot.domain.clock import SystemClock

    findings = asyncio.run(examine_environment(os.environ, SystemClock()))
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(any(finding.wrong for finding in findings))


def _as_in_slack(command: str) -> Callable[[list[str] | None], None]:
    def does(words: Words = None) -> None:
        _typed(command, words)

    return does


for command, what in (
    (
        "incident",
        "Declare an incident and work through it when Slack is down: what follows /incident there follows here.",
    ),
    ("runbook", "Find, read and start playbooks, as /runbook in Slack."),
    ("ops", "Look at services, databases and backups, as /ops in Slack."),
    ("deploy", "Ask for a deployment, as /deploy in Slack; people agree to it in Slack alone."),
    ("rollback", "Ask for a rollback, as /rollback in Slack; people agree to it in Slack alone."),
    ("oncall", "Say who is on call and how to reach people, as /oncall in Slack."),
):
    cli.command(command, help=what, context_settings=AS_IN_SLACK)(_as_in_slack(command))


@cli.command()
def schedule() -> None:
    """Print what starts by the clock in the next 14 days."""
    _typed("ops", ["schedule"])


@playbook.command()
def lint(paths: Paths = None) -> None:
    """Tell every mistake in playbooks, with file, line and what to do."""
    from bot.domain.playbook import Weight
    from playbooks import load
    from playbooks.lint import lint as find_mistakes

    own = _own()
    mistakes = find_mistakes(paths, own[0]) if paths else load(*own).mistakes
    for mistake in mistakes:
        typer.echo(str(mistake))
    raise typer.Exit(any(mistake.weight is Weight.ERROR for mistake in mistakes))


@playbook.command("list")
def list_playbooks() -> None:
    """List all playbooks."""
    from playbooks import load
    from playbooks.lint import listing

    typer.echo(listing(load(*_own())))


@playbook.command()
def show(name: str) -> None:
    """Show a playbook as the bot understands it."""
    from bot.domain.errors import Refused
    from playbooks import load
    from playbooks.lint import shown

    try:
        typer.echo(shown(load(*_own()).find(name)))
    except Refused as refused:
        _fail([str(refused)])


@playbook.command()
def render(name: str) -> None:
    """Print how a playbook will read in Slack, phase by phase."""
    from bot.domain.clock import SystemClock
    from bot.domain.errors import Refused
    from playbooks import load
    from playbooks.messages.preview import preview

    try:
        typer.echo(preview(load(*_own()).find(name), SystemClock().now()))
    except Refused as refused:
        _fail([str(refused)])


@audit.command("verify")
def verify_audit() -> None:
    """Check that no entry of the audit was changed or removed."""
    from bot.audit_report import verify
    from bot.domain.clock import SystemClock

    whole, sentence = asyncio.run(verify(_settings(slack_needed=False).database_url.get_secret_value(), SystemClock()))
    typer.echo(sentence, err=not whole)
    raise typer.Exit(not whole)


@audit.command("export")
def export_audit(
    since: Annotated[datetime | None, typer.Option(help="From this day on, in UTC.")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
) -> None:
    """Print the entries of the audit, one a line."""
    from bot.audit_report import Form, export
    from bot.domain.clock import SystemClock

    if form not in set(Form):
        _fail([f"--format is jsonl or csv, not {form}."])
    url = _settings(slack_needed=False).database_url.get_secret_value()

    async def tell() -> None:
        async for line in export(url, SystemClock(), Form(form), since.replace(tzinfo=UTC) if since else None):
            typer.echo(line)

    asyncio.run(tell())


def _typed(command: str, words: list[str] | None) -> None:
    from bot.domain.clock import SystemClock
    from bot.terminal import NotDone, typed

    settings, organisation = _told(slack_needed=False, quiet=True)
    line = ["help"] if words and words[0] in {"-h", "--help"} else list(words or ())
    try:
        asyncio.run(typed(settings, organisation, SystemClock(), command, line, typer.echo))
    except NotDone as not_done:
        _fail([str(not_done)])


def _told(*, slack_needed: bool = True, quiet: bool = False) -> "tuple[Settings, Organisation]":
    """Settings and organisation, or the end, with everything that is wrong with either."""
    from bot.journal import keep_journal
    from bot.organisation_file import OrganisationError, load_organisation

    settings = _settings(slack_needed=slack_needed)
    keep_journal(
        level="error" if quiet else settings.log_level,
        as_json=settings.log_format == "json",
        secrets=settings.secrets(),
    )
    return settings, _or_fail(lambda: load_organisation(settings.config), OrganisationError)


def _settings(*, slack_needed: bool = True) -> "Settings":
    from bot.integrations.secret_manager import SecretsUnreadable, from_secret_manager
    from bot.settings import SettingsError, load_settings

    environ: Mapping[str, str] = _or_fail(lambda: from_secret_manager(os.environ), SecretsUnreadable)
    return _or_fail(lambda: load_settings(environ, slack_needed=slack_needed), SettingsError)


def _own() -> "tuple[Vocabulary, Path | None]":
    from bot.vocabulary import vocabulary_of

    return vocabulary_of((settings := _settings(slack_needed=False)).config), settings.playbooks


def _served(running: Coroutine[None, None, None]) -> None:
    from bot.app import CannotStart
    from bot.ending import run_to_the_end

    try:
        run_to_the_end(running)
    except CannotStart as error:
        _fail([str(error)])


def _or_fail(read: Callable[[], Result], *errors: type[Exception]) -> Result:
    try:
        return read()
    except errors as error:
        _fail(str(error).splitlines())


def _fail(sentences: list[str]) -> NoReturn:
    for sentence in sentences:
        typer.echo(sentence, err=True)
    raise typer.Exit(1)


def main() -> None:
    """The process's edge: whatever happens is told in one sentence, with the trace in the log."""
    try:
        cli()
    except Exception as error:
        from bot.journal import log_failure

        log_failure(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
