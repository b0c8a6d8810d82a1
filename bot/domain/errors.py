"""Errors are named by who must act on them.

OpsbotError
├── Refused   the person: what, why, what to do instead; the text is shown to them
├── Retry     time: try the effect again after a while
│   ├── Waiting   likewise, though nothing failed: it is under way, and not so yet
│   └── Held      likewise, though time alone will not help: somebody outside has to do something
├── Unsure    nobody yet: the outcome is unknown, look before trying again
├── Superseded  people: what they agreed to change is not as it was any more; nothing was done
└── GiveUp    an operator: the effect cannot be carried out; the war room is told
"""

from collections.abc import Mapping

from bot.domain.message import Button, Span, plain


class OpsbotError(Exception):
    """Anything opsbot raises on purpose."""


class Refused(OpsbotError):
    """A person asked for something that cannot be; one sentence, made of spans, says why and what to do.

    `field` names the form field the sentence belongs under, when it came from a form; `offers` are the presses that
    do what to do instead, where one can press.
    """

    def __init__(self, *sentence: Span, field: str | None = None, offers: tuple[Button, ...] = ()) -> None:
        super().__init__(plain(sentence))
        self.sentence = sentence
        self.field = field
        self.offers = offers


class AlreadyDone(OpsbotError):
    """This very delivery was handled before; it only needs to be acknowledged again."""


class Retry(OpsbotError):
    """The effect certainly did not happen, or is still going on; try again after `after` seconds.

    Without `after` the relay backs off by itself. `note` is kept with the effect and handed to the next
    attempt (an operation's name, for example). `throttled` marks an outside limit that holds for every
    effect of the same method, so that the relay blocks them all until then.
    """

    def __init__(
        self,
        reason: str,
        *,
        after: float | None = None,
        note: Mapping[str, str] | None = None,
        throttled: bool = False,
    ) -> None:
        super().__init__(reason)
        self.after = after
        self.note = note
        self.throttled = throttled


class Waiting(Retry):
    """Nothing failed: what is to be is under way and not so yet, or somebody's turn; look again after `after` seconds."""


class Held(Retry):
    """Somebody outside has to do something before; people are told what is waited for, and it is tried on meanwhile.

    `what` follows "waiting for".
    """

    def __init__(self, reason: str, *, what: str, after: float) -> None:
        super().__init__(reason, after=after)
        self.what = what


class Unsure(OpsbotError):
    """The call may or may not have taken effect (timeout, dropped connection, internal_error)."""


class Superseded(OpsbotError):
    """What was to be changed is not as it was when it was planned; nothing was done, and a new plan is needed."""


class GiveUp(OpsbotError):
    """No repetition will help; somebody has to change something first."""
