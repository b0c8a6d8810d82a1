"""The status page as HTML: one document without scripts, for light and dark, for a telephone and for a screen reader."""

from collections.abc import Iterator
from datetime import datetime
from html import escape

from bot.domain.maintenance_notice import PageStage
from bot.domain.status_page import Health, Notice, Posting, Stage
from bot.slack.text import visible
from bot.status_view import HISTORY, Component, PageView, Window, told

STYLE = """
:root{color-scheme:light dark;--ink:#1c2426;--soft:#56646a;--paper:#fff;--ground:#f4f6f6;--line:#dce2e3;
--operational:#17703f;--maintenance:#2760a8;--degraded:#8a5a00;--partial:#b04a08;--major:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6ecec;--soft:#9fb0b4;--paper:#1a2123;--ground:#11171a;--line:#2f3a3d;
--operational:#5fcf8f;--maintenance:#84b6f4;--degraded:#e8b64c;--partial:#f49a5c;--major:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem 3rem}
header p{color:var(--soft);margin:0}
h1{font-size:1.35rem;margin:0}
h2{font-size:1.05rem;margin:2rem 0 .6rem}
h3{font-size:1rem;margin:0 0 .2rem;overflow-wrap:anywhere}
.overall,article,ul{background:var(--paper);border:1px solid var(--line);border-radius:.6rem}
.overall{margin:1.2rem 0 0;padding:.9rem 1rem;font-size:1.15rem;font-weight:600;border-left:.4rem solid currentColor}
ul{list-style:none;margin:0;padding:0}
li{display:flex;justify-content:space-between;gap:1rem;padding:.7rem 1rem;border-top:1px solid var(--line)}
li:first-child{border-top:0}
.state{font-weight:600;text-align:right}
article{padding:1rem;margin:0 0 .8rem}
article>p{margin:0;color:var(--soft)}
section.notice{margin-top:.8rem;padding-top:.8rem;border-top:1px solid var(--line)}
section.notice h4{margin:0;font-size:.95rem;display:inline}
section.notice time{color:var(--soft);font-size:.9rem;margin-left:.4rem}
section.notice p{margin:.3rem 0 0;white-space:pre-line;overflow-wrap:anywhere}
.operational{color:var(--operational)}.maintenance{color:var(--maintenance)}.degraded{color:var(--degraded)}
.partial{color:var(--partial)}.major{color:var(--major)}
footer{margin-top:2rem;color:var(--soft);font-size:.9rem}
footer a{color:inherit}
"""

HEALTHS = {
    Health.OPERATIONAL: "Operational",
    Health.MAINTENANCE: "Under maintenance",
    Health.DEGRADED: "Degraded performance",
    Health.PARTIAL: "Partial outage",
    Health.MAJOR: "Major outage",
}
STAGES = {
    Stage.INVESTIGATING: "Investigating",
    Stage.IDENTIFIED: "Identified",
    Stage.MONITORING: "Monitoring",
    Stage.RESOLVED: "Resolved",
}
WINDOW_STAGES = {
    PageStage.SCHEDULED: "Scheduled",
    PageStage.IN_PROGRESS: "In progress",
    PageStage.VERIFYING: "Verifying",
    PageStage.COMPLETED: "Completed",
}
REFRESH = 60
"""Seconds after which a page that is left open loads itself again."""


def page_html(view: PageView) -> str:
    """The whole document."""
    title = f"{_words(view.name)} status"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<meta http-equiv="refresh" content="{REFRESH}">\n'
        f"<title>{_words(view.headline)} · {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{''.join(_body(view, title))}</main>\n</body>\n</html>\n"
    )


def unavailable_html() -> str:
    """What is said when the page cannot be made at all."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="{REFRESH}">\n<title>Status unknown</title>\n</head>\n'
        "<body>\n<p>How we do cannot be told right now. This page tries again by itself.</p>\n</body>\n</html>\n"
    )


def _body(view: PageView, title: str) -> Iterator[str]:
    tone = Health.DEGRADED if view.current and view.health is Health.OPERATIONAL else view.health
    yield f'<header>\n<h1>{title}</h1>\n<p class="overall {tone}" role="status">{_words(view.headline)}</p>\n</header>\n'
    if view.current:
        yield "<h2>What is going on</h2>\n"
        yield from (_posting(view, posting) for posting in view.current)
    if view.components:
        rows = "".join(map(_component, view.components))
        yield f"<h2>Components</h2>\n<ul>\n{rows}</ul>\n"
    coming = [window for window in view.windows if not window.over]
    if coming:
        yield "<h2>Maintenance</h2>\n"
        yield from (_window(view, window) for window in coming)
    yield f"<h2>Last {HISTORY.days} days</h2>\n"
    yield from (_posting(view, posting) for posting in view.past)
    over = [window for window in view.windows if window.over]
    yield from (_window(view, window) for window in reversed(over))
    if not view.past:
        yield "<p>No incidents.</p>\n"
    yield _footer(view)


def _component(component: Component) -> str:
    state = f'<span class="state {component.health}">{HEALTHS[component.health]}</span>'
    return f"<li><span>{_words(component.title)}</span>{state}</li>\n"


def _posting(view: PageView, posting: Posting) -> str:
    affected = view.affected(posting)
    where = f"<p>{_words(affected)}</p>\n" if affected else ""
    notices = "".join(_notice(view, notice) for notice in told(posting))
    return f"<article>\n<h3>{_words(posting.title)}</h3>\n{where}{notices}</article>\n"


def _notice(view: PageView, notice: Notice) -> str:
    return _section(STAGES[notice.stage], notice.at, notice.text, view)


def _section(stage: str, at: datetime, text: str, view: PageView) -> str:
    return f'<section class="notice">\n<h4>{stage}</h4>{_time(at, view)}\n<p>{_words(text)}</p>\n</section>\n'


def _window(view: PageView, window: Window) -> str:
    """A maintenance: when, what it touches, and what was said of it."""
    titles = ", ".join(filter(None, map(view.title, window.services)))
    where = f"<p>{_words(titles)}</p>\n" if titles else ""
    when = f"<p>{_time(window.starts_at, view)} to {_time(window.ends_at, view)}</p>\n"
    notices = "".join(_section(WINDOW_STAGES[each.stage], each.at, each.text, view) for each in window.notices)
    return f"<article>\n<h3>{_words(window.title)}</h3>\n{when}{where}{notices}</article>\n"


def _footer(view: PageView) -> str:
    last = f"Last change {_time(view.changed, view)}. " if view.changed else ""
    return f'<footer>\n<p>{last}<a href="/status.json">This page as JSON</a></p>\n</footer>\n'


def _time(at: datetime, view: PageView) -> str:
    """A moment in the organisation's time, with its zone."""
    local = at.astimezone(view.timezone)
    zone = local.tzname() or "UTC"
    named = f"UTC{zone}" if zone[0] in "+-" else zone
    return f'<time datetime="{at.isoformat()}">{local:%a} {local.day} {local:%b} {local:%H:%M} {_words(named)}</time>'


def _words(text: str) -> str:
    """Somebody's words: escaped, and without what hides or deceives."""
    return escape(visible(text))
