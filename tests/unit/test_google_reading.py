"""Answers of Google's as they really come: several containers, entries of every form, and things that make no sense."""

from datetime import UTC, datetime

import pytest
from google.cloud import run_v2
from google.cloud.audit.audit_log_pb2 import AuditLog
from google.cloud.logging_v2.types import LogEntry as GoogleEntry
from google.protobuf.any_pb2 import Any as Packed

from bot.domain.cloud_service import Condition, Limits, Share
from bot.domain.evidence import CouldNotLook
from bot.integrations.cloud_logging_reading import LONGEST, entry_of
from bot.integrations.cloud_run_reading import revision_of, service_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = b"key"
NAME = "projects/p/locations/r/services/api"


def variable(name: str, value: str) -> run_v2.EnvVar:
    return run_v2.EnvVar(name=name, value=value)


def revision(*containers: run_v2.Container) -> run_v2.Revision:
    return run_v2.Revision(name=f"{NAME}/revisions/api-00042", create_time=NOON, containers=containers)


def test_the_container_that_serves_is_told_from_those_beside_it() -> None:
    proxy = run_v2.Container(name="proxy", image="proxy:1", env=[variable("PORT", "1")])
    app = run_v2.Container(
        name="app",
        image="app:2",
        ports=[{"container_port": 8080}],
        env=[variable("PORT", "2")],
        resources={"limits": {"cpu": "1", "memory": "512Mi"}},
    )
    read = revision_of(revision(proxy, app), "api", KEY)

    assert (read.image, read.limits) == ("app:2", Limits(cpu="1", memory="512Mi"))
    assert [each.name for each in read.environment] == ["proxy: PORT", "PORT"]
    assert (read.condition, read.reason, read.says) == (Condition.PENDING, "", "")


def test_the_same_value_under_two_names_does_not_look_the_same() -> None:
    both = run_v2.Container(image="a", env=[variable("A", "same"), variable("B", "same"), variable("C", "")])
    digests = [each.digest for each in revision_of(revision(both), "api", KEY).environment]

    assert len(set(digests)) == 3
    assert all(len(digest) == 8 for digest in digests)


@pytest.mark.parametrize(
    "wrong", [run_v2.Revision(name=f"{NAME}/revisions/a"), run_v2.Revision(create_time=NOON), run_v2.Revision()]
)
def test_a_revision_without_a_name_or_a_time_makes_no_sense(wrong: run_v2.Revision) -> None:
    with pytest.raises(CouldNotLook, match="makes no sense"):
        revision_of(wrong, "api", KEY)


def test_a_service_that_says_hardly_anything_is_read_all_the_same() -> None:
    bare = service_of(run_v2.Service(name=NAME), "r")

    assert (bare.name, bare.condition, bare.template_image) == ("api", Condition.PENDING, "")
    assert bare.traffic == (Share(revision="", percent=100, latest=True),)
    assert (bare.serving, bare.updated_at, bare.min_instances, bare.max_instances) == ((), None, 0, 100)
    with pytest.raises(CouldNotLook, match="something without a name"):
        service_of(run_v2.Service(), "r")


def test_instances_are_those_of_the_service_else_those_of_its_template() -> None:
    template = run_v2.RevisionTemplate(scaling={"min_instance_count": 2, "max_instance_count": 9})
    old = service_of(run_v2.Service(name=NAME, template=template), "r")
    new = service_of(run_v2.Service(name=NAME, template=template, scaling={"min_instance_count": 5}), "r")

    assert (old.min_instances, old.max_instances) == (2, 9)
    assert (new.min_instances, new.max_instances) == (5, 9)


def structured(**payload: object) -> GoogleEntry:
    return GoogleEntry(json_payload=payload, timestamp=NOON, severity="ERROR")


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (GoogleEntry(text_payload="boom"), "boom"),
        (structured(message="boom", other=1), "boom"),
        (structured(msg="boom"), "boom"),
        (structured(message="boom", stack_trace="File a.py"), "boom\nFile a.py"),
        (structured(message="boom\nFile a.py", stack_trace="File a.py"), "boom\nFile a.py"),
        (structured(stack_trace="File a.py"), "File a.py"),
        (structured(message={"deep": "boom"}), '{"message": {"deep": "boom"}}'),
        (structured(count=3.0, flag=True), '{"count": 3.0, "flag": true}'),
        (GoogleEntry(http_request={"status": 503, "request_method": "GET", "request_url": "https://a/b?mail=x"}), "GET /b answered 503"),
        (GoogleEntry(http_request={"status": 503, "request_url": "https://[broken"}), "answered 503"),
        (GoogleEntry(text_payload="why", http_request={"status": 503}), "why"),
        (GoogleEntry(), ""),
    ],
)  # fmt: skip
def test_an_entry_says_something_whatever_its_form(entry: GoogleEntry, says: str) -> None:
    assert entry_of(entry).text == says


def audit(**said: object) -> GoogleEntry:
    packed = Packed()
    record = AuditLog(
        method_name="google.cloud.run.v2.Services.UpdateService", resource_name="namespaces/p/services/api"
    )
    record.authentication_info.principal_email = "ana@example.com"
    record.request.update(said)
    packed.Pack(record)
    return GoogleEntry(proto_payload=packed, timestamp=NOON)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (audit(), "Services.UpdateService, api"),
        (audit(updateMask="template"), "Services.UpdateService of template, api"),
        (audit(service={"traffic": [{"revision": "api-1", "percent": 90}, {"percent": 10}, {"percent": 0}]}),
         "Services.UpdateService, api to api-1 90 %, the latest 10 %"),
        (audit(service={"traffic": ["nonsense", {"percent": "many"}]}), "Services.UpdateService, api"),
        (audit(service="nonsense", updateMask=[1]), "Services.UpdateService of [1.0], api"),
    ],
)  # fmt: skip
def test_an_audit_entry_says_who_did_what(entry: GoogleEntry, says: str) -> None:
    read = entry_of(entry)

    assert (read.text, read.principal, read.service) == (says, "ana@example.com", "api")


def test_an_audit_entry_that_failed_says_why() -> None:
    packed = Packed()
    packed.Pack(
        AuditLog(
            method_name="cloudsql.instances.clone",
            resource_name="instances/db",
            status={"code": 7, "message": "denied"},
        )
    )

    assert entry_of(GoogleEntry(proto_payload=packed)).text == "instances.clone, db, which failed: denied"


@pytest.mark.parametrize(
    "type_url", ["type.googleapis.com/google.cloud.audit.AuditLog", "type.googleapis.com/other", ""]
)
def test_a_record_that_cannot_be_read_is_an_entry_without_words(type_url: str) -> None:
    read = entry_of(GoogleEntry(proto_payload=Packed(type_url=type_url, value=b"\xff\xff")))

    assert (read.text, read.principal) == ("", "")


def test_a_long_entry_is_cut_and_one_without_a_time_is_the_oldest() -> None:
    read = entry_of(GoogleEntry(text_payload="x" * 100_000, log_name="projects/p/logs/run.googleapis.com%2Fstderr"))

    assert (len(read.text), read.log) == (LONGEST, "run.googleapis.com/stderr")
    assert read.at < NOON
