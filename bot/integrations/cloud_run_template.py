"""The template of a new revision, made from one that exists, with only what is wanted to be different."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.domain.errors import GiveUp
from bot.domain.template_edit import TemplateEdit

if TYPE_CHECKING:
    from google.cloud import run_v2

RESERVED = ("run.googleapis.com", "cloud.googleapis.com", "serving.knative.dev", "autoscaling.knative.dev")
"""Labels and annotations of these belong to the platform, which refuses to be told them."""
NOT_COPIED = frozenset({"revision", "labels", "annotations", "client", "client_version"})


def template_from(
    revision: "run_v2.Revision", edit: TemplateEdit, others: Mapping[str, "run_v2.Revision"]
) -> "run_v2.RevisionTemplate":
    """What makes another revision like this one, but for the edit; it gets a name of its own.

    `others` are the revisions that variables are copied from, by the names that the edit has for them.
    """
    from google.cloud import run_v2

    template = run_v2.RevisionTemplate()
    for field in run_v2.RevisionTemplate.meta.fields.keys() & run_v2.Revision.meta.fields.keys() - NOT_COPIED:
        if getattr(run_v2.RevisionTemplate.pb(template), field, None) is not None:
            setattr(template, field, getattr(revision, field))
    template.labels = _own(revision.labels)
    template.annotations = {**_own(revision.annotations), **edit.annotations}
    _edit(template, edit, others)
    return template


def _own(labels: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in labels.items() if not name.partition("/")[0].endswith(RESERVED)}


def _edit(template: "run_v2.RevisionTemplate", edit: TemplateEdit, others: Mapping[str, "run_v2.Revision"]) -> None:
    """In place: building the parts anew would reset what is not said, such as whether the CPU is always there."""
    container = _serving(template.containers)
    if edit.image:
        container.image = edit.image
    for name, size in (("cpu", edit.cpu), ("memory", edit.memory)):
        if size:
            container.resources.limits[name] = size
    copied = [_variable(others[revision], name) for name, revision in edit.copied.items()]
    container.env = [*_variables(container, edit), *copied]


def _serving(containers: "Sequence[run_v2.Container]") -> "run_v2.Container":
    """The container that takes the requests."""
    return next((each for each in containers if each.ports), containers[0])


def _variable(revision: "run_v2.Revision", name: str) -> "run_v2.EnvVar":
    """A variable as a revision has it, be it a value or a secret."""
    found = next((each for each in _serving(revision.containers).env if each.name == name), None)
    if found is None:
        raise GiveUp(f"{revision.name.rpartition('/')[2]} has no {name} any more")
    return found


def _variables(container: "run_v2.Container", edit: TemplateEdit) -> "list[run_v2.EnvVar]":
    from google.cloud import run_v2

    named = {*edit.variables, *edit.secrets, *edit.copied, *edit.without}
    kept = [each for each in container.env if each.name not in named]
    literal = [run_v2.EnvVar(name=name, value=value) for name, value in edit.variables.items()]
    secret = [
        run_v2.EnvVar(
            name=name,
            value_source=run_v2.EnvVarSource(
                secret_key_ref=run_v2.SecretKeySelector(secret=ref.secret, version=ref.version)
            ),
        )
        for name, ref in edit.secrets.items()
    ]
    return [*kept, *literal, *secret]
