"""What GitHub's answers say, read into the domain's own words; a shape that is not documented raises."""

from collections.abc import Mapping, Sequence

from bot.domain.repository import DEPLOY, Check, CodeIssue, Commit, Comparison, Deployment, Review, Workflow
from bot.integrations.json_api import JsonObject, moment

MOST_FILES = 300
"""Files of a comparison that GitHub lists; source: REST reference, Compare two commits."""
GRAVE = {"critical", "high"}
OPINIONS = {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}
"""States of a review that say something; a mere comment changes no opinion."""


def commit_of(found: JsonObject) -> Commit:
    """The author by login where GitHub knows them, else by the name in the commit."""
    made, account = found["commit"], found.get("author") or {}
    return Commit(
        sha=str(found["sha"]),
        title=str(made["message"]).partition("\n")[0],
        author=str(account.get("login") or made["author"]["name"]),
        at=moment(made["committer"]["date"]),
        url=str(found.get("html_url") or ""),
    )


def check_of(run: JsonObject) -> Check:
    """The conclusion counts only once the run has completed."""
    conclusion = run.get("conclusion") if run["status"] == "completed" else None
    return Check(name=str(run["name"]), conclusion=str(conclusion or ""), url=str(run.get("html_url") or ""))


def status_of(status: JsonObject) -> Check:
    """A commit status, as older systems report; "pending" has no conclusion yet."""
    state = str(status["state"])
    conclusion = {"pending": "", "error": "failure"}.get(state, state)
    return Check(name=str(status["context"]), conclusion=conclusion, url=str(status.get("target_url") or ""))


def review_of(request: JsonObject, approved_by: tuple[str, ...]) -> Review:
    """A pull request with those who approved it."""
    return Review(
        number=int(request["number"]),
        title=str(request["title"]),
        author=_login(request.get("user")),
        approved_by=approved_by,
        url=str(request.get("html_url") or ""),
    )


def approvers(request: JsonObject, reviews: Sequence[JsonObject]) -> tuple[str, ...]:
    """The people, not the author, whose latest opinion approves the last commit; nobody while one wants changes."""
    author, head = _login(request.get("user")), str(request["head"]["sha"])
    opinions: dict[str, JsonObject] = {}
    for review in reviews:
        if review["state"] in OPINIONS and _is_person(review.get("user")):
            opinions[_login(review["user"])] = review
    opinions.pop(author, None)
    if any(each["state"] == "CHANGES_REQUESTED" for each in opinions.values()):
        return ()
    approved = {who: each for who, each in opinions.items() if each["state"] == "APPROVED"}
    return tuple(who for who, each in approved.items() if each.get("commit_id") == head)


def deployment_of(deployment: JsonObject, status: Mapping[str, object]) -> Deployment:
    """A deployment with the latest thing that was said of it."""
    return Deployment(
        id=int(deployment["id"]),
        sha=str(deployment["sha"]),
        environment=str(deployment.get("environment") or ""),
        state=str(status.get("state") or ""),
        at=moment(deployment["created_at"]),
        by=_login(deployment.get("creator")),
        url=str(status.get("log_url") or status.get("target_url") or ""),
        task=str(deployment.get("task") or DEPLOY),
    )


def issue_of(issue: JsonObject) -> CodeIssue:
    """An issue; labels are words or objects with a name."""
    labels = (each if isinstance(each, str) else str(each["name"]) for each in issue["labels"])
    return CodeIssue(
        number=int(issue["number"]),
        title=str(issue["title"]),
        labels=tuple(labels),
        opened_at=moment(issue["created_at"]),
        url=str(issue.get("html_url") or ""),
    )


def workflow_of(run: JsonObject) -> Workflow:
    """A run of GitHub Actions."""
    return Workflow(
        name=str(run["name"]),
        conclusion=str(run.get("conclusion") or ""),
        at=moment(run["created_at"]),
        url=str(run.get("html_url") or ""),
    )


def comparison_of(found: JsonObject) -> Comparison:
    """Commits oldest first, as GitHub lists them."""
    commits = tuple(commit_of(each) for each in found["commits"])
    files = tuple(str(each["filename"]) for each in found.get("files") or ())
    cut = int(found["total_commits"]) > len(commits) or len(files) >= MOST_FILES
    return Comparison(commits=commits, files=files, truncated=cut)


def grave(alert: JsonObject) -> bool:
    """Whether an alert counts: a leaked secret always, what is wrong with code or a dependency from high on."""
    if rule := alert.get("rule"):
        return str(rule.get("security_severity_level")) in GRAVE
    if advisory := alert.get("security_advisory"):
        return str(advisory.get("severity")) in GRAVE
    return True


def _login(account: JsonObject | None) -> str:
    """Whoever deleted their account is a ghost there too."""
    return str((account or {}).get("login") or "ghost")


def _is_person(account: JsonObject | None) -> bool:
    """Programs review too, and approve nothing."""
    return str((account or {}).get("type", "User")) == "User"
