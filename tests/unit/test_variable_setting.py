"""Variables are read strictly: no secret is ever taken for a value."""

import pytest

from bot.domain.errors import Refused
from bot.domain.template_edit import SecretRef
from bot.domain.variable_setting import settings_in, unfinished


def test_values_references_and_what_goes() -> None:
    found = settings_in(
        [
            "LEVEL=debug",
            "URL=https://example.com/?a=b",
            "PAYMENT_KEY=secret:payment-key@9",
            "-OLD",
            'EMPTY=""',
            "CURRENCY=revision:00041",
        ]
    )
    assert found.variables == {"LEVEL": "debug", "URL": "https://example.com/?a=b", "EMPTY": ""}
    assert found.secrets == {"PAYMENT_KEY": SecretRef(secret="payment-key", version="9")}
    assert found.copied == {"CURRENCY": "00041"}
    assert found.without == ("OLD",)
    assert found.names == ("CURRENCY", "EMPTY", "LEVEL", "OLD", "PAYMENT_KEY", "URL")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("API_TOKEN=abc", "API_TOKEN is a secret by its name"),
        ("DatabasePassword=x", "is a secret by its name"),
        ("UPSTREAM=postgres://app:pw@db/x", "looks like a secret"),
        ("UPSTREAM=https://ana:pw@example.com", "looks like a secret"),
        ("HOOK=ghp_0123456789abcdefghij", "looks like a secret"),
        ("API_KEY=secret:payment-key", "by name and version"),
        ("LOG_LEVEL", "LOG_LEVEL=VALUE"),
        ("LOG_LEVEL=", 'LOG_LEVEL="" empty'),
        ("1A=b", "KEY=VALUE"),
        ("PORT=80", "set by Cloud Run itself"),
        ("A=1 A=2", "named twice"),
        ("A=1 -A", "named twice"),
        ("" + " ".join(f"A{n}=1" for n in range(21)), "At most 20"),
        ("A=" + "b" * 4001, "longer than"),
    ],
)
def test_what_cannot_be_set_is_refused(words: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        settings_in(words.split())


def test_what_is_only_begun_is_told_from_what_is_written() -> None:
    begun = [
        unfinished(word) for word in ("LEVEL=", "KEY=secret:key@", "LEVEL=debug", "KEY=secret:key@3", "-LEVEL", "A==")
    ]
    assert begun == ["LEVEL", "KEY", "", "", "", ""]
