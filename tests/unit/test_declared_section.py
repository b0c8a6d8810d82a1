"""What is wrong with a declared change is told at once, with its line and what to do."""

from pathlib import Path

import pytest

from bot.domain.declared_change import Hook, Job, ParameterType, Workflow
from bot.domain.plan import Risk
from bot.organisation_file import OrganisationError, read_organisation

WRITTEN = (Path(__file__).parents[2] / "opsbot.example.yaml").read_text(encoding="utf-8")
HEAD, TAIL = WRITTEN.partition("  declared:")[0], WRITTEN.partition("    hide-notice:")[2].partition("\n")[2]
GOOD = """\
    flush:
      risk: safe
      webhook: {url: https://hooks.example.com/flush}
      evidence: [cache]
      repeatable: yes
    nightly:
      title: Run the nightly job
      risk: disruptive
      job: {name: nightly, region: us-central1}
      parameters:
        batch_size: {type: number, least: 1, most: 500, default: 100}
        of: {type: service}
      evidence: [error-ratio]
      undo: flush
"""


def declared(written: str) -> str:
    """The example's file with other declared changes."""
    return f"{HEAD}  declared:\n{written}{TAIL}"


def test_a_job_and_a_webhook_are_read_with_their_parameters() -> None:
    found = read_organisation(declared(GOOD), "opsbot.yaml").changes.declared

    assert found["flush"].means == Hook(url="https://hooks.example.com/flush")
    assert (found["flush"].title, found["flush"].risk, found["flush"].repeatable) == ("Flush", Risk.SAFE, True)
    assert found["nightly"].means == Job(name="nightly", region="us-central1")
    size, of = found["nightly"].parameters
    assert (size.type, size.default, of.type) == (ParameterType.NUMBER, "100", ParameterType.SERVICE)
    assert size.complaint("501", {}) == "must be at most 500."
    assert of.complaint("moon", {"billing": 1}) == "must be a service: billing."


def test_the_example_declares_a_workflow() -> None:
    reindex = read_organisation(WRITTEN, "opsbot.yaml").changes.declared["reindex"]
    assert reindex.means == Workflow(repository="agent-marketplace/control-plane", file="reindex.yml", ref="main")
    assert reindex.service == "control-plane"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("risk: safe", "risk: harmless", "risk: `harmless` must be safe (one person), disruptive"),
        ("      risk: safe\n", "", "changes.declared.flush.risk is missing; add it."),
        (
            "      evidence: [cache]\n",
            "",
            "changes.declared.flush.evidence is missing; say what tells whether it helped",
        ),
        ("https://hooks", "http://hooks", "must be an address that begins with https://."),
        ("undo: flush", "undo: flash", "no declared change is called `flash`; did you mean `flush`?"),
        ("default: 100", "default: 900", "parameters.batch_size.default: `900` must be at most 500."),
        ("batch_size:", "Batch:", "must be written with small letters, digits and underscores"),
        ("batch_size:", "opsbot:", "`opsbot` is the mark of the change; rename it."),
        ("    nightly:", "    Nightly:", "must be written with small letters, digits and hyphens"),
        ("name: nightly,", "", "changes.declared.nightly.job.name is missing; add it."),
        (
            "      job: {name: nightly, region: us-central1}\n",
            "",
            "changes.declared.nightly needs exactly one of: workflow, job, webhook.",
        ),
        ("repeatable: yes", "repeat: yes", "changes.declared.flush.repeat is unknown; did you mean `repeatable`?"),
        ("title: Run the nightly job", "service: contrl-plane", "did you mean `control-plane`?"),
    ],
)
def test_a_mistake_names_its_line_and_the_remedy(old: str, new: str, sentence: str) -> None:
    with pytest.raises(OrganisationError) as caught:
        read_organisation(declared(GOOD.replace(old, new)), "opsbot.yaml")

    assert any(sentence in each and each.startswith("opsbot.yaml:") for each in caught.value.sentences), caught.value
