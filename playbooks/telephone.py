"""The number by which somebody is reached when nothing else helps."""

from bot.organisation import Organisation


def phone_of(target: str, organisation: Organisation) -> str:
    """That of a role, or of the first of its people who has one; empty when there is none."""
    role = organisation.role(target)
    numbers = (member.phone for member in organisation.members([target]) if member.phone)
    return (role.phone if role else None) or next(numbers, "")
