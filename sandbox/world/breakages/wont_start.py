"""Services that do not start: a deploy lost a variable, or the secret that all revisions read was destroyed."""

from collections.abc import Mapping

from sandbox.world.breakages.breakage import Breakage
from sandbox.world.breakages.hand import Hand
from sandbox.world.past import Past
from sandbox.world.spec import SERVICES

SECRETS: Mapping[str, str] = {
    "control-plane": "session-key@3",
    "agent-runtime": "tool-token@5",
    "billing": "payment-key@2",
}
"""The secret that is of a service alone, as NAME@VERSION."""


def _strike(hand: Hand, service: str) -> None:
    hand.deploy(
        service,
        title="Tidy up the variables of the environment",
        author="dee@example.com",
        files=("deploy/service.yaml",),
        without=SERVICES[service].required[-1],
    )


def _lasts(past: Past, service: str, at: float) -> bool:
    return bool(past.state(at).services[service].latest_created.missing)


WONT_START = Breakage(
    name="wont-start",
    title="Service won't start",
    says="A new revision lacks a variable and never gets ready; the one before goes on serving.",
    healed_by="the missing variable (the revision before still has it)",
    of="billing",
    choices=tuple(SERVICES),
    strike=_strike,
    lasts=_lasts,
)


def _destroy(hand: Hand, service: str) -> None:
    hand.trouble("secret-gone", SECRETS[service])


def _is_gone(past: Past, service: str, at: float) -> bool:
    state = past.state(at)
    shares = state.services[service].serving(at)
    gone = SECRETS[service]
    return state.cause("secret-gone", gone) is not None and any(share.revision.template.reads(gone) for share in shares)


SECRET_GONE = Breakage(
    name="secret-gone",
    title="Service goes down",
    says="Somebody destroyed a secret: instances that restart do not come back, and in ten minutes there are none.",
    healed_by="the variable set to another version of the secret (such as @9); older revisions read the same one",
    of="billing",
    choices=tuple(SECRETS),
    strike=_destroy,
    lasts=_is_gone,
)
