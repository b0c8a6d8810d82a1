"""The words of playbooks for those who only read them: with the changes that the organisation's file declares, if it is right."""

from pathlib import Path

from bot.domain.playbook import Vocabulary
from bot.organisation_file import OrganisationError, load_organisation
from playbooks.vocabulary import vocabulary


def vocabulary_of(config: Path) -> Vocabulary:
    """Playbooks are checked also where there is no such file yet; then they may offer what opsbot itself can do."""
    try:
        return vocabulary(load_organisation(config).changes.declared)
    except OrganisationError:
        return vocabulary()
