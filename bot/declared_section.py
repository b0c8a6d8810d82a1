"""What the operator's file says about changes of its own: a workflow, a job or a signed webhook each."""

from collections.abc import Mapping
from difflib import get_close_matches

from bot.domain.declared_change import Declared, DeclaredChange, Hook, Job, Means, Parameter, ParameterType, Workflow
from bot.domain.plan import Risk
from bot.organisation_values import cloud_name, key, matching, repository, switch, text, url
from bot.yaml_section import Section

MEANS = ("workflow", "job", "webhook")
NOTHING = Hook(url="")

workflow_file = matching(r"[A-Za-z0-9._-]{1,100}\.ya?ml", "must be the file of a workflow, like reindex.yml.")
git_ref = matching(r"[A-Za-z0-9._/-]{1,200}", "must be a branch or a tag, like main.")
region = matching(r"[a-z]+-[a-z]+[0-9]{1,2}", "must be a region, like us-central1.")
variable = matching(
    r"[a-z][a-z0-9_]{0,39}", "must be written with small letters, digits and underscores, like batch_size."
)


def read_declared(section: Section) -> Declared:
    """The declared changes by their names."""
    found: dict[str, DeclaredChange] = {}
    for name in section.names():
        if _named(section, name):
            found[name] = _declared(section.section(name), name)
    for name, declared in found.items():
        if declared.undo and declared.undo not in found:
            section.wrong(section.section(name).line_of("undo"), _no_such(section, name, declared.undo, found))
    return found


def _named(section: Section, name: str) -> bool:
    try:
        return bool(key(name))
    except ValueError as error:
        section.wrong(section.line_of(name), f"{section.name(name)}: `{name}` {error}")
        return False


def _no_such(section: Section, name: str, undo: str, found: Mapping[str, DeclaredChange]) -> str:
    near = get_close_matches(undo, found, n=1)
    advice = f"did you mean `{near[0]}`?" if near else f"name one of: {', '.join(found)}."
    return f"{section.name(name)}.undo: no declared change is called `{undo}`; {advice}"


def _declared(section: Section, name: str) -> DeclaredChange:
    title = section.value("title", text, name.replace("-", " ").capitalize())
    parameters = section.section("parameters")
    declared = DeclaredChange(
        key=name,
        title=title,
        sentence=section.value("says", text, f"{title.rstrip('.')}."),
        risk=section.required("risk", risk, Risk.DESTRUCTIVE),
        means=_means(section),
        parameters=tuple(
            _parameter(parameters.section(each), each) for each in parameters.names() if _variable(parameters, each)
        ),
        service=section.value("service", key, None),
        evidence=section.values("evidence", key),
        undo=section.value("undo", key, None),
        repeatable=section.value("repeatable", switch, DeclaredChange.repeatable),
    )
    if not declared.evidence:
        section.wrong(section.line, f"{section.path}.evidence is missing; say what tells whether it helped.")
    section.close()
    return declared


def risk(written: str) -> Risk:
    """How dangerous something is."""
    if written not in set(Risk):
        raise ValueError("must be safe (one person), disruptive (a second one) or destructive (two more).")
    return Risk(written)


def parameter_type(written: str) -> ParameterType:
    """What a parameter may be."""
    if written not in {ParameterType.TEXT, ParameterType.NUMBER, ParameterType.SERVICE}:
        raise ValueError("must be text, number or service; for a choice write `choices: [one, another]`.")
    return ParameterType(written)


def whole(written: str) -> int:
    """A whole number, perhaps below zero."""
    try:
        return int(written)
    except ValueError:
        raise ValueError("must be a whole number, like 100.") from None


def answer(written: str) -> str:
    """A value of a parameter."""
    return text(written)


def _means(section: Section) -> Means:
    said = [name for name in MEANS if section.has(name)]
    if len(said) != 1:
        section.wrong(section.line, f"{section.path} needs exactly one of: {', '.join(MEANS)}.")
    match said[:1]:
        case ["workflow"]:
            return _workflow(section.section("workflow"))
        case ["job"]:
            return _job(section.section("job"))
        case ["webhook"]:
            return _hook(section.section("webhook"))
        case _:
            return NOTHING


def _workflow(section: Section) -> Workflow:
    workflow = Workflow(
        repository=section.required("repository", repository, ""),
        file=section.required("file", workflow_file, ""),
        ref=section.value("ref", git_ref, Workflow.ref),
    )
    section.close()
    return workflow


def _job(section: Section) -> Job:
    job = Job(name=section.required("name", cloud_name, ""), region=section.required("region", region, ""))
    section.close()
    return job


def _hook(section: Section) -> Hook:
    hook = Hook(url=section.required("url", url, ""))
    section.close()
    return hook


def _variable(section: Section, name: str) -> bool:
    try:
        good = variable(name) != "opsbot"
    except ValueError as error:
        section.wrong(section.line_of(name), f"{section.name(name)}: `{name}` {error}")
        return False
    if not good:
        section.wrong(section.line_of(name), f"{section.name(name)}: `opsbot` is the mark of the change; rename it.")
    return good


def _parameter(section: Section, name: str) -> Parameter:
    choices = section.values("choices", answer)
    kind = section.value("type", parameter_type, ParameterType.CHOICE if choices else ParameterType.TEXT)
    parameter = Parameter(
        name=name,
        type=ParameterType.CHOICE if choices else kind,
        choices=choices,
        least=section.value("least", whole, None),
        most=section.value("most", whole, None),
        default=section.value("default", answer, None),
    )
    section.close()
    of_service = parameter.type is ParameterType.SERVICE
    if parameter.default is not None and not of_service and (wrong := parameter.complaint(parameter.default, {})):
        section.wrong(section.line_of("default"), f"{section.path}.default: `{parameter.default}` {wrong}")
    return parameter
