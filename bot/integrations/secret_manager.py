"""Google Secret Manager: a setting may name a secret instead of holding it.

App Engine hands plain text to a container's environment and nothing else, so a value written as
`secret:projects/PROJECT/secrets/NAME/versions/VERSION` is looked up once, before settings are read.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping

import httpx

PREFIX = "secret:"
ENDPOINT = "https://secretmanager.googleapis.com"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
PATIENCE = 10.0
"""Seconds one secret may take; the process cannot start without it."""
NAME = re.compile(r"projects/[\w:.-]+/secrets/[\w-]+/versions/(latest|\d+)")
REMEDIES = {
    401: "the service account's token is refused",
    403: "grant the service account roles/secretmanager.secretAccessor",
    404: "there is no such secret or version",
}


class SecretsUnreadable(Exception):
    """Secrets that settings name cannot be read; `sentences` say which, why, and what to do."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def from_secret_manager(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with secrets in place of their names; Google is asked only if there is such a name."""
    if not any(value.startswith(PREFIX) for value in environ.values()):
        return environ
    with httpx.Client(timeout=PATIENCE) as client:
        return with_secrets(environ, client, access_token)


def without_secrets(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment without what only Google could tell."""
    return {name: value for name, value in environ.items() if not value.startswith(PREFIX)}


def access_token() -> str:
    """An access token by application default credentials: of the service account on Google Cloud."""
    import google.auth
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import Request

    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
        credentials.refresh(Request())  # type: ignore[no-untyped-call]
    except GoogleAuthError as error:
        advice = "run on Google Cloud, or `gcloud auth application-default login`"
        raise SecretsUnreadable([f"Secrets cannot be read without Google's credentials: {advice}."]) from error
    return str(credentials.token)


def with_secrets(environ: Mapping[str, str], client: httpx.Client, token: Callable[[], str]) -> Mapping[str, str]:
    """The environment with the secrets in place of their names; `token` gives an access token."""
    named = {key: value.removeprefix(PREFIX) for key, value in environ.items() if value.startswith(PREFIX)}
    found = dict(environ)
    wrong: list[str] = []
    bearer = token()
    for key, name in named.items():
        try:
            found[key] = _read(name, client, bearer)
        except _UnreadableError as error:
            wrong.append(f"{key} names the secret {name}, which cannot be read: {error}.")
    if wrong:
        raise SecretsUnreadable(wrong)
    return found


class _UnreadableError(Exception):
    """Why a secret cannot be read, as the end of a sentence."""


def _read(name: str, client: httpx.Client, bearer: str) -> str:
    if not NAME.fullmatch(name):
        raise _UnreadableError("write it as projects/PROJECT/secrets/NAME/versions/latest")
    try:
        answer = client.get(f"{ENDPOINT}/v1/{name}:access", headers={"Authorization": f"Bearer {bearer}"})
    except httpx.HTTPError as error:
        raise _UnreadableError(f"Secret Manager does not answer ({type(error).__name__})") from error
    if answer.status_code != httpx.codes.OK:
        raise _UnreadableError(REMEDIES.get(answer.status_code, f"Secret Manager answered {answer.status_code}"))
    return _payload(answer)


def _payload(answer: httpx.Response) -> str:
    try:
        return base64.b64decode(answer.json()["payload"]["data"], validate=True).decode("utf-8").strip()
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise _UnreadableError("its content is no text") from error
