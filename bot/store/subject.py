"""What an effect is about, so that an incident can be told what it still waits for."""

from bot.domain.effect import Effect, FindChannel, OpenDirect, channel, direct, room


def subject_of(effect: Effect) -> str:
    """The room of its incident ("room/42"); else the place it goes to ("channel/#alerts", "dm/U1"); else nothing."""
    if isinstance(effect, FindChannel):
        return channel(effect.name)
    if isinstance(effect, OpenDirect):
        return direct(effect.user)
    number = getattr(effect, "incident", None)
    if isinstance(number, int) and number:
        return room(number)
    for name in effect.concerns:
        kind, _, rest = name.partition("/")
        if kind == "incident":
            return f"room/{rest.partition('/')[0]}"
    return effect.concerns[0] if effect.concerns else ""
