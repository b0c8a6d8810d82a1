"""Variables of a service: single ones are set or taken away, the others stay; source: the actions' CR-12.

A new revision is made from the one that serves. Only when the newest one did not start, and lacks what is being set, is
it made from that: then its start is what is being repaired. Values are never shown, and secrets only referred to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.cloud_service import Revision, Variable
from bot.domain.effect import Attempt
from bot.domain.errors import Refused
from bot.domain.message import Code
from bot.domain.plan import Plan, Risk
from bot.domain.template_edit import SecretRef, TemplateEdit
from bot.domain.variable_setting import VariableSettings, settings_in, unfinished
from playbooks.changes.kind import Ask, Asked, ChangeKind, Done, Lacking, Parameters
from playbooks.changes.renewed_service import Ground, back, ground, hints, put_to_work, troubles, works
from playbooks.changes.service_words import SERVICE, WHICH_SERVICE, service_first, service_of
from playbooks.hands import Hands
from playbooks.mistakes import unknown
from playbooks.world import Outside, World, reached

NAME = "env"
VARIABLES, SECRETS, COPIED, WITHOUT, BASE = "variables", "secrets", "copied", "without", "base"
LITERAL = "literal"
MOST_NAMED = 12
EXAMPLE = "/ops env billing INVOICE_CURRENCY=usd"


def _read(words: Sequence[str], asked: Asked) -> Parameters:
    service, rest = service_first(words, asked)
    texts = " ".join(rest).split()
    base = ""
    if len(texts) > 1 and "=" not in texts[-1] and not texts[-1].startswith("-"):
        texts, base = texts[:-1], texts[-1]
        texts = texts[:-1] if texts[-1] == "from" else texts
    if not texts:
        raise Lacking({SERVICE: service, BASE: base})
    if left := [name for word in texts if (name := unfinished(word))]:
        known = {SERVICE: service, VARIABLES: " ".join(texts), BASE: base}
        raise Lacking(known, f"Write behind {left[0]}= what it shall be.", field=VARIABLES)
    settings_in(texts)
    return {SERVICE: service, VARIABLES: " ".join(texts), BASE: base}


async def _plan(world: World, parameters: Parameters, asked: Asked) -> Plan:
    del asked
    on = await ground(world, service_of(parameters, world.organisation))
    settings = _with_revisions(on, settings_in(parameters[VARIABLES].split()))
    base = _base(on, settings, parameters.get(BASE, ""))
    there = {each.name: each for each in base.environment}
    _refuse_written_out(settings, there)
    changed = tuple(_changed(world, on, settings, there))
    name = on.short(base)
    return Plan(
        kind=NAME,
        target=f"service/{on.service.key}",
        title=f"Set {', '.join(settings.names)} of {on.service.title}",
        before=f"{on.short(on.serving)} serves",
        after=f"a new revision like {name}, with that changed, serves",
        risk=Risk.DISRUPTIVE,
        because=("a variable changes how the service behaves", "all instances are started anew"),
        differences=(*changed, "all other variables, the image and the limits stay", on.way_of_traffic),
        blast=f"Everybody who uses {on.service.title}, once the new revision is ready.",
        undo=f"All traffic back to {on.short(on.serving)}.",
        warnings=tuple(_warnings(on, base, settings)),
        evidence=await troubles(world, on.service, "environment"),
        command=_command(on, settings),
        fingerprint=on.stands.cloud.etag,
        wanted=on.wanted(base, _written(settings)),
        nothing_to_do="" if changed else f"{on.service.title} has {', '.join(settings.names)} like that already.",
    )


def _with_revisions(on: Ground, settings: VariableSettings) -> VariableSettings:
    """The same, with the full names of the revisions that variables are copied from; each must have its variable."""
    copied = {name: _named(on, word) for name, word in settings.copied.items()}
    for name, revision in copied.items():
        if name not in {each.name for each in revision.environment}:
            names = [each.name for each in revision.environment]
            raise Refused(unknown(f"variable of {on.short(revision)}", names, name), field=VARIABLES)
    return replace(settings, copied={name: revision.name for name, revision in copied.items()})


def _base(on: Ground, settings: VariableSettings, named: str) -> Revision:
    """The revision that the new one is made from."""
    if named:
        return _named(on, named)
    failed = on.failed
    if failed is None:
        return on.serving
    here, there = ({each.name: each for each in revision.environment} for revision in (failed, on.serving))
    repairs = any(here.get(name) != there.get(name) for name in settings.names)
    return failed if repairs else on.serving


def _named(on: Ground, word: str) -> Revision:
    for revision in on.stands.revisions:
        if word.lower() in {revision.name, on.short(revision)}:
            return revision
    names = [on.short(each) for each in on.stands.revisions[:MOST_NAMED]]
    raise Refused(unknown(f"revision of {on.service.title}", names, word), field=BASE)


def _refuse_written_out(settings: VariableSettings, there: Mapping[str, Variable]) -> None:
    """What is a secret now is never made a plain value, and what is not there cannot be taken away."""
    for name in settings.variables:
        if name in there and there[name].source != LITERAL:
            secret = there[name].source.removeprefix("secret:").partition("@")[0]
            raise Refused(
                f"{name} is a secret; give another version of it: ", Code(text=f"{name}=secret:{secret}@VERSION"), "."
            )
    for name in settings.without:
        if name not in there:
            raise Refused(unknown("variable", there, name))


def _changed(world: World, on: Ground, settings: VariableSettings, there: Mapping[str, Variable]) -> Iterator[str]:
    """What would be different, by name alone."""
    services = reached(world.services, Outside.SERVICES)
    for name in settings.without:
        yield f"without {name}"
    for name, value in settings.variables.items():
        if name not in there:
            yield f"with {name}, which is new"
        elif there[name].digest != services.digest(name, value):
            yield f"another value of {name}"
    for name, revision in settings.copied.items():
        source = _named(on, revision)
        if there.get(name) not in source.environment:
            yield f"with {name} as {on.short(source)} has it"
    for name, ref in settings.secrets.items():
        old = there[name].source if name in there else "nothing"
        if old != f"secret:{ref.secret}@{ref.version}":
            was = old.removeprefix("secret:") if old != LITERAL else "written out"
            yield f"{name} is secret {ref.secret}@{ref.version} (was {was})"


def _warnings(on: Ground, base: Revision, settings: VariableSettings) -> Iterator[str]:
    floating = [name for name, ref in settings.secrets.items() if ref.version == "latest"]
    if floating:
        yield f"{', '.join(floating)} follows the latest secret: a new one then comes without a deployment."
    if base.image != on.serving.image:
        yield f"The code of {on.short(base)} comes with it, and has not served yet."
        yield f"To have the code that serves: write “from {on.short(on.serving)}” behind it."
    else:
        yield from hints(on)


def _command(on: Ground, settings: VariableSettings) -> str:
    """What a person would type; whoever types it knows the values."""
    parts = [f"gcloud run services update {on.where}"]
    if told := [*settings.variables, *settings.copied]:
        parts.append("--update-env-vars " + ",".join(f"{name}=…" for name in told))
    if settings.secrets:
        secrets = (f"{name}={ref.secret}:{ref.version}" for name, ref in settings.secrets.items())
        parts.append("--update-secrets " + ",".join(secrets))
    if settings.without:
        parts.append("--remove-env-vars " + ",".join(settings.without))
    return " ".join(parts)


def _written(settings: VariableSettings) -> Mapping[str, object]:
    secrets = {name: [ref.secret, ref.version] for name, ref in settings.secrets.items()}
    return {
        VARIABLES: settings.variables,
        SECRETS: secrets,
        COPIED: settings.copied,
        WITHOUT: list(settings.without),
    }


def _edit(plan: Plan) -> TemplateEdit:
    variables, secrets, copied, without = (plan.wanted.get(part, {}) for part in (VARIABLES, SECRETS, COPIED, WITHOUT))
    assert isinstance(variables, Mapping)
    assert isinstance(copied, Mapping)
    assert isinstance(secrets, Mapping)
    assert isinstance(without, Sequence)
    return TemplateEdit(
        variables={str(name): str(value) for name, value in variables.items()},
        secrets={str(name): SecretRef(secret=secret, version=version) for name, (secret, version) in secrets.items()},
        copied={str(name): str(revision) for name, revision in copied.items()},
        without=tuple(map(str, without)),
    )


async def _carry_out(hands: Hands, plan: Plan, attempt: Attempt) -> Done:
    return await put_to_work(hands, plan, attempt, edit=_edit(plan))


ENV = ChangeKind(
    name=NAME,
    title="Set variables",
    sentence="Sets or takes away single variables of a service; secrets are referred to, never written out.",
    command="/ops env",
    asks=(
        WHICH_SERVICE,
        Ask(name=VARIABLES, label="Variables", hint="KEY=VALUE, KEY=secret:NAME@VERSION, KEY=revision:00041, -KEY."),
        Ask(name=BASE, label="Made from revision", hint="Empty: the one that serves.", optional=True),
    ),
    read=_read,
    plan=_plan,
    carry_out=_carry_out,
    verify=works,
    undo=back,
    cool_down=timedelta(minutes=5),
    heals=True,
    concealed=frozenset({VARIABLES}),
)
