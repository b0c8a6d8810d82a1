"""Cloud Build: triggers are run for a commit, and what they build is found again by the mark it was given.

Only triggers that are there are run, so that what a build does is decided where the code is. They are told two
substitutions, of which they may make use or not: `_TAG`, what the image is to be called, and `_OPSBOT`, the mark.
Source: the actions' CB-01, and the REST reference of Cloud Build, v1.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from bot.domain.errors import GiveUp, Retry, Unsure
from bot.domain.evidence import CouldNotLook
from bot.domain.image_build import ImageBuild
from bot.integrations.google_token import CLOUD, google_auth
from bot.integrations.json_api import Answer, Declined, JsonApi, JsonObject, System, Throttled, Unanswered

URL = "https://cloudbuild.googleapis.com"
SYSTEM = System(
    name="Cloud Build",
    remedy="check the application default credentials of this machine",
    forbidden="grant opsbot's service account roles/cloudbuild.builds.editor (docs/permissions.md)",
    words=lambda body: body["error"]["message"],
)
MARK, TAG = "_OPSBOT", "_TAG"
PAGE, MOST_PAGES = 100, 10
THROTTLED_FOR = 60.0
"""Seconds after which a quota may allow more."""
SUCCEEDED, UNAPPROVED = "SUCCESS", "PENDING"
ENDS = {
    "FAILURE": "failure",
    "INTERNAL_ERROR": "an error of Cloud Build's own",
    "TIMEOUT": "a timeout",
    "CANCELLED": "being cancelled",
    "EXPIRED": "nobody's turn: it waited too long",
}
"""How builds end that made no image; source: the reference, Build.Status."""


class CloudBuild:
    """The triggers and builds of one project. See `playbooks.hands.Builds` for what is raised."""

    def __init__(
        self, *, project: str, timeout: float, endpoint: str | None = None, triggers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """A local `endpoint`, "host:port", is spoken to in plain text and without credentials; `timeout` in seconds.
        `triggers`, each a region and a name, are those that `examine` looks at."""
        self._triggers = tuple(dict.fromkeys(triggers))
        url = f"http://{endpoint}" if endpoint else URL
        self._named = project
        self._project = f"/v1/projects/{quote(project, safe='')}"
        self._api = JsonApi(SYSTEM, url=url, timeout=timeout, auth=google_auth(url, CLOUD))

    async def close(self) -> None:
        """Takes no more calls."""
        await self._api.close()

    async def begin(self, trigger: str, region: str, *, commit: str, tag: str, mark: str) -> None:
        """Runs a trigger for a commit, by its whole sha."""
        path = f"{self._at(region)}/triggers/{quote(trigger, safe='')}:run"
        source = {"commitSha": commit, "substitutions": {TAG: tag, MARK: mark}}
        try:
            await self._api.send("POST", path, {"projectId": self._named, "triggerId": trigger, "source": source})
        except Unanswered as error:
            raise Unsure(_words(error)) from error
        except Throttled as error:
            raise Retry(_words(error), after=error.after or THROTTLED_FOR, throttled=True) from error
        except Declined as error:
            raise GiveUp(_declined(error, trigger, region)) from error
        except CouldNotLook as error:
            raise Retry(_words(error)) from error

    async def find(self, region: str, *, mark: str, since: datetime) -> ImageBuild | None:
        """The build that was given the mark since a moment; None when none is shown. Raises `CouldNotLook`."""
        params: dict[str, str | int] = {"filter": f'create_time>="{_stamp(since)}"', "pageSize": PAGE}
        for _ in range(MOST_PAGES):
            answer = await self._api.get(f"{self._at(region)}/builds", params)
            for each in self._builds(answer):
                if self._api.read(_mark_of, each) == mark:
                    return self._api.read(_build, each)
            params["pageToken"] = self._api.read(lambda body: str(body.get("nextPageToken") or ""), answer.body)
            if not params["pageToken"]:
                return None
        raise CouldNotLook(f"Cloud Build began more than {PAGE * MOST_PAGES:,} builds since then; look there.")

    async def examine(self) -> str:
        """That the triggers are there; raises `CouldNotLook` with what to correct or to grant."""
        for region, trigger in self._triggers:
            try:
                await self._api.get(f"{self._at(region)}/triggers/{quote(trigger, safe='')}")
            except Declined as error:
                raise CouldNotLook(f"{_declined(error, trigger, region)}.") from error
        return f"Cloud Build answers, and has every trigger that opsbot.yaml names ({len(self._triggers)})."

    def _builds(self, answer: Answer) -> list[JsonObject]:
        return self._api.read(lambda body: [dict(each) for each in body.get("builds") or ()], answer.body)

    def _at(self, region: str) -> str:
        return f"{self._project}/locations/{quote(region, safe='')}"


def _mark_of(build: JsonObject) -> str:
    return str((build.get("substitutions") or {}).get(MARK) or "")


def _build(found: JsonObject) -> ImageBuild:
    status = str(found["status"])
    images = (found.get("results") or {}).get("images") or ()
    return ImageBuild(
        url=str(found.get("logUrl") or ""),
        done=status == SUCCEEDED or status in ENDS,
        failure=ENDS.get(status, ""),
        unapproved=status == UNAPPROVED,
        images={str(each["name"]): str(each["digest"]) for each in images},
    )


def _declined(error: Declined, trigger: str, region: str) -> str:
    if error.status == HTTPStatus.NOT_FOUND:
        return f"Cloud Build knows no trigger {trigger} in {region}; correct build_trigger in opsbot.yaml"
    return _words(error)


def _words(error: CouldNotLook) -> str:
    return str(error).rstrip(".")


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
