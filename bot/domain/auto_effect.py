"""What the bot does by itself (`auto:`), by the name that playbooks call it."""

from collections.abc import Mapping

AUTO_EFFECTS: Mapping[str, str] = {
    "page-on-call": "Wake the on-call engineer through PagerDuty.",
    "announce": "Announce the incident in the incidents channel, and keep the announcement up to date.",
    "open-war-room": "Open the war room: channel, card, topic, bookmarks, invitations.",
    "open-bridge": "Put the link of the bridge into the war room.",
    "invite-responders": "Invite the responders of this severity into the war room.",
    "inform-stakeholders": "Send a summary to the stakeholders of this severity.",
    "hand-over": "Tell whoever hands over and whoever takes over, and see that the handoff is accepted.",
    "remind-of-due": "Send everybody who owes something one list of it.",
    "test-alert": "Send a test alert that wakes nobody, and see it arrive.",
    "back-up-configuration": "Keep the settings of services and databases, and once a week encrypted as well.",
}

ANYWHERE = frozenset({"hand-over", "remind-of-due", "test-alert", "back-up-configuration"})
"""Those of them that are about no incident: they are done wherever their playbook runs."""
