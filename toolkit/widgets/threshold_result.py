"""The threshold panel's result as HTML: verdict, who would move, where the resources would go. Text is escaped."""

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from toolkit.language import say
from toolkit.publish.numbers import MINUS, signed
from toolkit.publish.numbers import amount as in_column
from toolkit.widgets.threshold_strip import strip
from toolkit.widgets.threshold_words import ThresholdWords

_MOST: Final = 8  # accounts listed of a resource; the rest are one line
_LISTS: Final = ("watch", "proposals", "emerging")


def verdict(words: ThresholdWords, departs: list[str], problem: str) -> Markup:
    """The sentence, what it rests on, and the figures before and after."""
    outcome = words.outcome
    n, lead = int(outcome.counts["then"].sum()), words.extremes()
    parts = [
        tag("p", words.say("eyebrow", day=pd.Timestamp(outcome.after.friday), n=n), "eyebrow"),
        Markup("<h2>{}</h2>").format(words.headline()),
        tag("p", lead, "lead") if lead else Markup(""),
    ]
    if problem:
        title = words.say("problem")
        parts.append(Markup('<div class="problem" role="alert"><b>{}</b><p>{}</p></div>').format(title, problem))
    if departs:
        joint = "；" if words.language == "zh" else "; "
        what = joint.join(sentence.rstrip("。.") for sentence in departs)
        parts.append(
            Markup('<p class="departs"><i aria-hidden="true"></i>{}</p>').format(words.say("departs", what=what))
        )
    return Markup("").join([*parts, _figures(words)])


def detail(words: ThresholdWords) -> Markup:
    """The evidence: the strip of win probabilities, the movers, each resource, the lists."""
    resources = Markup("").join(_resource(words, row) for row in words.outcome.moved.itertuples(index=False))
    return Markup('{}<div class="pair">{}</div>{}').format(_movers(words), resources, _lists(words))


def message(title: str, paragraphs: Iterable[str]) -> Markup:
    """A card that says what is missing and what to do."""
    body = Markup("").join(tag("p", text) for text in paragraphs if text)
    return Markup('<section class="card blank"><h3>{}</h3>{}</section>').format(title, body)


def _figures(words: ThresholdWords) -> Markup:
    outcome = words.outcome
    cells = [
        (Markup("{}").format(chip(row.tier)), words.say("figure.tier", tier=row.tier), row.now, row.then, "tiers")
        for row in outcome.counts.itertuples(index=False)
    ]
    for name in _LISTS:
        joins, leaves, then = outcome.lists[name]
        now = then - len(joins) + len(leaves)
        cells.append((Markup(""), words.say(f"figure.{name}"), now, then, "more"))
    now, then, weeks = outcome.history
    cells.append((Markup(""), words.say("figure.history", n=weeks), now, then, "more"))
    return Markup('<dl class="figures">{}</dl>').format(Markup("").join(_figure(words, *cell) for cell in cells))


def _figure(words: ThresholdWords, mark: Markup, label: str, now: int, then: int, kind: str) -> Markup:
    change = signed(then - now) if then != now else words.say("figure.same")
    label_or_chip = mark + Markup('<span class="lab">{}</span>').format(label)
    return Markup('<div class="{}{}"><dt>{}</dt><dd><b>{}</b><span>{}</span></dd></div>').format(
        kind, " changed" if then != now else "", label_or_chip, then, change
    )


def _movers(words: ThresholdWords) -> Markup:
    moves = words.outcome.moves
    rows = Markup("").join(
        Markup(
            '<tr><th scope="row">{}</th><td class="mv">{}<span class="arr" aria-hidden="true">→</span>{}</td>'
            '<td class="why">{}</td></tr>'
        ).format(words.account(move.account_id), chip(move.from_tier), chip(move.to_tier), words.why(move))  # fmt: skip
        for move in moves.itertuples(index=False)
    )
    names = (words.say(f"movers.{name}") for name in ("account", "change", "why"))
    table = Markup('<table class="t movers"><thead>{}</thead><tbody>{}</tbody></table>').format(heads(names), rows)
    nobody = Markup("{}{}").format(tag("p", words.say("movers.empty")), tag("p", words.say("movers.hint"), "mut"))
    return Markup('<section class="card"><h3>{}</h3>{}<div class="said">{}</div></section>').format(
        words.say("movers.title"), strip(words), table if len(moves) else nobody
    )


def _resource(words: ThresholdWords, resource: Any) -> Markup:
    rows = words.outcome.allocation
    rows = rows[rows["resource"] == resource.resource]
    accounts, reserve = rows[rows["account_id"] != ""], rows[rows["account_id"] == ""]
    moved = round(resource.moved, 2) > 0
    name, amount = words.resource(resource.resource), words.amount(resource.moved, resource.unit)
    share = say("threshold.resource.total", words.language, total=words.amount(resource.total, resource.unit))
    title = words.say("resource.title_moved" if moved else "resource.title_same", resource=name, amount=amount)
    sub = words.say("resource.sub" if moved else "resource.sub_same", unit=words.unit(resource.unit))
    if not len(accounts):
        body = tag("p", words.say("resource.none"))
    else:
        scale = max(float(rows[["now", "then"]].to_numpy()[: _MOST + 1].max()), float(reserve["then"].max() or 0), 1e-9)
        lines = [_line(words, row, scale, moved) for row in accounts.head(_MOST).itertuples(index=False)]
        if len(accounts) > _MOST:
            lines.append(_rest(words, accounts.iloc[_MOST:], resource.unit))
        lines += [_line(words, row, scale, moved) for row in reserve.itertuples(index=False)]
        names = (words.say("resource.account"), "", words.say("resource.then"), words.say("resource.change"))
        body = Markup('<table class="t alloc"><thead>{}</thead><tbody>{}</tbody></table>').format(
            heads(names), Markup("").join(lines)
        )
    return Markup('<section class="card"><h3>{}</h3><p class="sub">{}{}{}</p>{}</section>').format(
        title, sub, "；" if words.language == "zh" else "; ", share, body
    )


def _line(words: ThresholdWords, row: Any, scale: float, moved: bool) -> Markup:
    who = words.account(row.account_id) if row.account_id else words.say("resource.reserve")
    low, high = sorted((row.now / scale * 100, row.then / scale * 100))
    track = Markup('<span class="trk t-{}"><i class="bar" style="left:{:.1f}%;width:{:.1f}%"></i>').format(
        row.tier or "none", low, high - low
    )
    if moved:
        track += Markup('<i class="was" style="left:{:.1f}%"></i>').format(row.now / scale * 100)
    track += Markup('<i class="then" style="left:{:.1f}%"></i></span>').format(row.then / scale * 100)
    mark = chip(row.tier) if row.tier else Markup("")
    return Markup(
        '<tr><th scope="row">{}<span>{}</span></th><td class="tr" aria-hidden="true">{}</td>'
        '<td class="n">{}</td><td class="n">{}</td></tr>'
    ).format(mark, who, track, in_column(row.then, row.unit, words.language), _change(words, row.change, row.unit))


def _rest(words: ThresholdWords, rest: pd.DataFrame, unit: str) -> Markup:
    then, change = float(rest["then"].sum()), float(rest["change"].sum())
    return Markup(
        '<tr class="mut"><th scope="row">{}</th><td></td><td class="n">{}</td><td class="n">{}</td></tr>'
    ).format(
        words.say("resource.rest", n=len(rest)), in_column(then, unit, words.language), _change(words, change, unit)
    )


def _lists(words: ThresholdWords) -> Markup:
    rows = []
    for name in _LISTS:
        joins, leaves, _ = words.outcome.lists[name]
        said = [(words.say(f"lists.{way}"), who) for way, who in (("joins", joins), ("leaves", leaves)) if who]
        if said:
            items = Markup("").join(
                Markup("<dd><span>{}</span> {}</dd>").format(way, words.names(who)) for way, who in said
            )
            rows.append(Markup("<div><dt>{}</dt>{}</div>").format(words.say(f"figure.{name}"), items))
    body = Markup("<dl>{}</dl>").format(Markup("").join(rows)) if rows else tag("p", words.say("lists.same"), "mut")
    return Markup('<section class="card lists"><h3>{}</h3>{}</section>').format(words.say("lists.title"), body)


def _change(words: ThresholdWords, change: float, unit: str) -> str:
    size = in_column(abs(change), unit, words.language)
    return "0" if float(size.replace(",", "")) == 0 else ("+" if change > 0 else MINUS) + size


def heads(names: Iterable[str]) -> Markup:
    """The head of a table; an empty name heads nothing."""
    cells = (Markup('<th scope="col">{}</th>').format(name) if name else Markup("<td></td>") for name in names)
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))


def chip(tier: str) -> Markup:
    """A tier's letter on its square."""
    return Markup('<span class="tier tier-{}">{}</span>').format(tier, tier)


def tag(name: str, text: str, classes: str = "") -> Markup:
    """An element with text."""
    return Markup("<{0} class='{2}'>{1}</{0}>").format(Markup(name), text, classes)
