"""The report at GitHub: somebody asks for it, it is brought there through the outbox, the war room sees where it is."""

from dataclasses import replace

from bot.domain.delivery import Delivery
from bot.domain.effect import Effect, Receipt, direct
from bot.domain.errors import Refused
from bot.domain.filing import Filed, FileReport, Filing, Paper
from bot.domain.incident import Incident
from bot.domain.message import Code, Message
from bot.domain.timeline import Happening
from bot.organisation import Organisation
from bot.store.unit_of_work import Store
from playbooks.deciding import Deciding
from playbooks.decision import Decision
from playbooks.messages.filing import article, asked_to_file, could_not_file, repository_of
from playbooks.messages.wording import name_of
from playbooks.report import report_markdown
from playbooks.reports import record_of

TOKEN, REPOSITORY, FOLDER = (
    Code(text=words) for words in ("GITHUB_TOKEN", "report: {repository: owner/name}", "report: {folder: incidents}")
)
REPORT = Code(text="/incident report")


class Filings:
    """Reports at GitHub, as people ask for them."""

    def __init__(self, *, store: Store, organisation: Organisation) -> None:
        self._store = store
        self._organisation = organisation
        self._deciding = Deciding(store=store, organisation=organisation)

    async def file(self, number: int, how: Filing, *, by: str, delivery: Delivery) -> Incident:
        """Has the latest version brought there; what is there already, or on its way, is not brought again."""
        async with self._deciding.about(number, delivery) as decision:
            repository = _allowed(decision, how)
            incident, known = decision.incident, decision.incident.filed.get(how)
            if known and known.version == incident.reports:
                return incident
            incident.filed[how] = Filed(
                repository=repository,
                version=incident.reports,
                number=known.number if known else 0,
                url=known.url if known else "",
            )
            decision.tell(Happening.REPORT, f"Asked for the report at GitHub, as {article(how)}.", by=by)
            decision.put(_effect(decision, how, repository, by))
        return incident

    async def paper_of(self, number: int) -> Paper | None:
        """What is to be read at GitHub of an incident, as things stand; None when it is private by now."""
        async with self._store.look() as unit:
            incident = await unit.incidents.get(number)
            if incident is None or incident.private:
                return None
            record = await record_of(unit, incident)
        content = report_markdown(record, self._organisation)
        return Paper(title=f"Incident report: {name_of(incident)}", content=content)


def learn_filed(decision: Decision, effect: Effect, receipt: Receipt) -> None:
    """A report that was brought to GitHub is there."""
    if not isinstance(effect, FileReport):
        return
    number, url = int(receipt.facts["number"]), receipt.facts["url"]
    known = decision.incident.filed.get(effect.how)
    latest = max(effect.version, known.version if known else 0)
    filed = Filed(repository=effect.repository, version=latest, number=number, url=url)
    decision.incident.filed[effect.how] = filed
    version = f", version {effect.version}" if effect.version > 1 else ""
    decision.tell(Happening.REPORT, f"The report{version} is at GitHub, {effect.how} {filed.name}: {url}")
    _tell_asker(decision, effect, "filed", asked_to_file(decision.incident, effect.how))


def not_filed(decision: Decision, effect: Effect, serial: int, reason: str) -> None:
    """A report that cannot be brought to GitHub now can be asked for again."""
    if not isinstance(effect, FileReport):
        return
    known = decision.incident.filed.get(effect.how)
    if known is None or known.version != effect.version:
        return
    _tell_asker(decision, effect, "not-filed", could_not_file(decision.incident, effect.how, reason, again=serial))
    if known.url:
        decision.incident.filed[effect.how] = replace(known, version=effect.version - 1)
    else:
        del decision.incident.filed[effect.how]


def _tell_asker(decision: Decision, effect: FileReport, what: str, message: Message) -> None:
    """Once the room is put away nobody would see it there."""
    if decision.incident.closed_at and effect.by:
        name = f"inform/{effect.by}/{what}-{effect.how.name.lower()}-{effect.version}-{decision.now:%H%M%S}"
        decision.say(name, message, place=direct(effect.by))


def _allowed(decision: Decision, how: Filing) -> str:
    """The repository it goes to; refused with what to set, or what to do first."""
    incident, organisation = decision.incident, decision.organisation
    if incident.private:
        raise Refused(f"{incident.key} is private; nothing of it goes to GitHub.")
    if not incident.reports:
        raise Refused(f"{incident.key} has no published report yet; write it: ", REPORT, ".")
    if not organisation.writes_to_github:
        raise Refused("GitHub is not configured; have ", TOKEN, " set where opsbot runs.")
    repository = repository_of(incident, organisation)
    if repository is None:
        raise Refused("No repository is named for reports; have ", REPOSITORY, " added to opsbot.yaml.")
    if how is Filing.PULL_REQUEST and not organisation.report_home.folder:
        raise Refused("No folder is named for reports; have ", FOLDER, " added to opsbot.yaml.")
    return repository


def _effect(decision: Decision, how: Filing, repository: str, by: str) -> FileReport:
    incident, home = decision.incident, decision.organisation.report_home
    return FileReport(
        incident=incident.number,
        how=how,
        repository=repository,
        version=incident.reports,
        mark=f"opsbot-{incident.key}-{incident.declared_at:%Y%m%dT%H%M%SZ}",
        file=f"{incident.key}-{incident.declared_at:%Y-%m-%d}.md",
        labels=home.labels,
        folder=home.folder or "",
        by=by,
    )
