"""GitHub's issues: opened, listed, changed and commented on."""

from collections.abc import Sequence

from aiohttp import web

from sandbox.github.door import Door, invalid, not_found
from sandbox.github.reading import REPOSITORY, Reading
from sandbox.github.shapes import BOT, account
from sandbox.payload import JsonObject
from sandbox.rest_face import Reply
from sandbox.slack.archive import Archive, Shelf

FIRST = 101
"""Lower numbers are those of pull requests of the past."""
LONGEST_TITLE = 256
LONGEST_BODY = 65_536
"""Characters; source: what GitHub answers to more ("body is too long (maximum is 65536 characters)")."""
ONE = f"{REPOSITORY}/issues/{{number:\\d+}}"
SEEDS = (
    ("control-plane", "Search forgets the filter when going back", ("bug",), 30.0),
    ("agent-runtime", "Say which tool a run waits for", ("enhancement",), 74.0),
    ("web", "The pricing table is cut off on small screens", ("bug", "good first issue"), 9.0),
)
"""What was open when the practice ground was founded: repository, title, labels, hours before."""


class Issues:
    """The issues of all repositories, pull requests among them, as GitHub has it."""

    def __init__(self, door: Door, reading: Reading, archive: Archive) -> None:
        self._door = door
        self._reading = reading
        self._issues: Shelf[JsonObject] = Shelf(archive, "github-issue", dict, dict)
        self._comments: Shelf[JsonObject] = Shelf(archive, "github-comment", dict, dict)

    def routes(self) -> list[web.RouteDef]:
        route = self._door.route
        return [
            route("GET", f"{REPOSITORY}/issues", self._list),
            route("POST", f"{REPOSITORY}/issues", self._open),
            route("GET", ONE, lambda request, _body: Reply(body=self.one(request))),
            route("PATCH", ONE, self._change),
            route("GET", f"{ONE}/comments", self._commented),
            route("POST", f"{ONE}/comments", self._comment),
        ]

    def of(self, repository: str) -> list[JsonObject]:
        """Everything with a number, the oldest first."""
        return [self.shown(issue) for issue in self._issues if issue["repository"] == repository]

    def comments(self, repository: str, number: int) -> list[JsonObject]:
        """What was said below one, in order."""
        return [each for each in self._comments if (each["repository"], each["issue"]) == (repository, number)]

    def seed(self, owner: str, stamps: Sequence[str]) -> None:
        """The issues that were open from the beginning; `stamps` are when each was opened."""
        if not len(self._issues):
            for (name, title, labels, _), at in zip(SEEDS, stamps, strict=True):
                self._add(f"{owner}/{name}", title=title, body="", labels=labels, by="ana", at=at)

    def add(
        self,
        repository: str,
        *,
        title: str,
        body: str = "",
        labels: Sequence[str] = (),
        by: str = BOT,
        pull: JsonObject | None = None,
    ) -> JsonObject:
        """Opens one, by a program or by somebody; with `pull` it is a pull request."""
        at = self._door.stamp()
        return self.shown(self._add(repository, title=title, body=body, labels=labels, by=by, at=at, pull=pull))

    def _add(
        self,
        repository: str,
        *,
        title: str,
        body: str,
        labels: Sequence[str],
        by: str,
        at: str,
        pull: JsonObject | None = None,
    ) -> JsonObject:
        number = FIRST + sum(issue["repository"] == repository for issue in self._issues)
        issue: JsonObject = {
            "id": FIRST + len(self._issues),
            "repository": repository,
            "number": number,
            "title": title,
            "body": body,
            "state": "open",
            "labels": [{"name": label} for label in labels],
            "user": account(by),
            "created_at": at,
            "updated_at": at,
            "closed_at": None,
            "comments": 0,
            **({"pull_request": pull} if pull else {}),
        }
        self._keep(issue)
        return issue

    def shown(self, issue: JsonObject) -> JsonObject:
        """One as it is told, with the address at which people see it."""
        kind = "pull" if "pull_request" in issue else "issues"
        return {**issue, "html_url": f"{self._door.url}/pages/{issue['repository']}/{kind}/{issue['number']}"}

    def one(self, request: web.Request) -> JsonObject:
        """The issue that is asked about."""
        repository, number = self._reading.repository(request), int(request.match_info["number"])
        found = self._issues.get(f"{repository}/{number}")
        if found is None:
            raise not_found()
        return self.shown(found)

    def _list(self, request: web.Request, _body: JsonObject) -> Reply:
        query = request.query
        state, since, creator = query.get("state", "open"), query.get("since", ""), query.get("creator")
        labels = {label for label in query.get("labels", "").split(",") if label}
        kept = [
            issue
            for issue in self.of(self._reading.repository(request))
            if state in {"all", issue["state"]}
            and str(issue["updated_at"]) >= since
            and creator in {None, issue["user"]["login"]}
            and labels <= {label["name"] for label in issue["labels"]}
        ]
        by = {"updated": "updated_at", "comments": "comments"}.get(query.get("sort", ""), "created_at")
        kept.sort(key=lambda issue: (issue[by], issue["number"]), reverse=query.get("direction", "desc") == "desc")
        return self._door.paged(request, kept)

    def _open(self, request: web.Request, body: JsonObject) -> Reply:
        repository = self._reading.repository(request)
        title, text = checked_text(body, "Issue")
        labels = [each if isinstance(each, str) else str(each.get("name")) for each in body.get("labels") or []]
        return Reply(body=self.add(repository, title=title, body=text, labels=labels), status=201)

    def _change(self, request: web.Request, body: JsonObject) -> Reply:
        issue = self.one(request)
        if "title" in body or "body" in body:
            checked_text({"title": issue["title"], **body}, "Issue")
        if body.get("state", "open") not in {"open", "closed"}:
            raise invalid("Issue", "state")
        given = [name for name in ("title", "body", "state") if name in body]
        changed: JsonObject = {**issue, **{name: body[name] for name in given}}
        changed["updated_at"] = self._door.stamp()
        changed["closed_at"] = self._door.stamp() if changed["state"] == "closed" else None
        self._keep(changed)
        return Reply(body=self.shown(changed))

    def _commented(self, request: web.Request, _body: JsonObject) -> Reply:
        issue = self.one(request)
        return self._door.paged(request, self.comments(issue["repository"], issue["number"]))

    def _comment(self, request: web.Request, body: JsonObject) -> Reply:
        issue = self.one(request)
        text = body.get("body")
        if not isinstance(text, str) or not text.strip():
            raise invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")
        if len(text) > LONGEST_BODY:
            raise invalid("IssueComment", "data", "unprocessable", "Body is too long (maximum is 65536 characters)")
        number = len(self._comments) + 1
        comment: JsonObject = {
            "id": number,
            "repository": issue["repository"],
            "issue": issue["number"],
            "body": text,
            "user": account(BOT),
            "created_at": self._door.stamp(),
            "html_url": f"{issue['html_url']}#issuecomment-{number}",
        }
        self._comments.put(f"{number:09}", comment)
        self._keep({**issue, "comments": issue["comments"] + 1, "updated_at": self._door.stamp()})
        return Reply(body=comment, status=201)

    def _keep(self, issue: JsonObject) -> None:
        kept = {name: value for name, value in issue.items() if name != "html_url"}
        self._issues.put(f"{issue['repository']}/{issue['number']}", kept)


def checked_text(body: JsonObject, resource: str) -> tuple[str, str]:
    """Title and body of something new; what is wrong with them is refused."""
    title, text = body.get("title"), body.get("body") or ""
    if not isinstance(title, str) or not title.strip():
        raise invalid(resource, "title", "missing_field")
    if len(title) > LONGEST_TITLE:
        raise invalid(resource, "title", "custom", f"title is too long (maximum is {LONGEST_TITLE} characters)")
    if not isinstance(text, str) or len(text) > LONGEST_BODY:
        raise invalid(resource, "body", "custom", f"body is too long (maximum is {LONGEST_BODY} characters)")
    return title, text
