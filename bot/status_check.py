"""What `opsbot doctor` says of the status page: whether customers would read what is published, component by component."""

from bot.domain.errors import GiveUp, Retry, Unsure
from bot.integrations.statuspage import Statuspage
from bot.organisation import Organisation


async def status_page_findings(statuspage: Statuspage | None, organisation: Organisation) -> list[str]:
    """What is wrong, each with its remedy; `statuspage` is None where the built-in page is used."""
    components = organisation.components()
    if not components:
        return ["the status page has no components: give services `status_page: yes` in opsbot.yaml."]
    if statuspage is None:
        return []
    try:
        known = await statuspage.components()
    except (GiveUp, Retry, Unsure) as error:
        return [f"{error}."]
    ids = set(known.values())
    return [
        f"Statuspage has no component for {each.title}: create it there, or name its id (statuspage_component)."
        for each in components
        if (each.statuspage_component or known.get(each.title.strip().lower())) not in ids
    ]
