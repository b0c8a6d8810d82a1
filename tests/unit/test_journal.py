"""The log says names and fields, and never a secret."""

import json
import logging

import pytest
import structlog

from bot.journal import keep_journal, log_failure

SECRET = "a-signing-secret-of-ours"

pytestmark = pytest.mark.usefixtures("log_as_it_was")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        "token xoxb-1234-abcd-EFGH",
        "xapp-1-A0-1-abcdef",
        "Authorization: Bearer abc.def-123",
        "postgresql://opsbot:hunter2hunter2@db.internal/opsbot",
        "conninfo host=db user=opsbot password=hunter2hunter2 dbname=opsbot",
    ],
)
def test_no_secret_is_written(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    keep_journal(level="info", as_json=True, secrets=[SECRET])
    structlog.get_logger("bot").info("called", address=text)
    logging.getLogger("bot.vendor").warning("failed for %s", text)

    (ours, theirs) = lines(capsys)
    for line in (ours, theirs):
        assert "***" in str(line)
        assert not {"hunter2hunter2", SECRET, "xoxb-1234-abcd-EFGH", "abc.def-123"} & set(str(line).split("'"))
        assert "hunter2" not in str(line)
        assert SECRET not in str(line)


def test_a_trace_holds_no_secret_either(capsys: pytest.CaptureFixture[str]) -> None:
    keep_journal(level="info", as_json=True, secrets=[SECRET])
    try:
        int(SECRET)
    except ValueError as error:
        log_failure(error)

    written = capsys.readouterr().err
    assert "please report it" in written
    assert "ValueError" in written
    assert SECRET not in written


def test_the_last_words_before_there_is_a_log_show_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.reset_defaults()
    hidden = SECRET
    try:
        int(hidden[:0])
    except ValueError as error:
        log_failure(error)

    written = capsys.readouterr().err
    assert "please report it" in written
    assert "ValueError" in written
    assert SECRET not in written


def test_a_line_has_its_name_its_fields_its_level_and_its_time_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    keep_journal(level="info", as_json=True)
    structlog.get_logger("bot").info("incident declared", incident=42)
    structlog.get_logger("bot").debug("not said")

    (line,) = lines(capsys)
    assert (line["event"], line["incident"], line["level"]) == ("incident declared", 42, "info")
    assert str(line["timestamp"]).endswith("Z")


def test_libraries_that_talk_much_say_only_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    keep_journal(level="info", as_json=True)
    logging.getLogger("slack_sdk.web").info("POST /api/chat.postMessage")
    logging.getLogger("slack_sdk.web").warning("no answer")

    (line,) = lines(capsys)
    assert line["event"] == "no answer"
