"""What the studio shows of the recorded weeks, and the scenarios side by side, as HTML. Text is escaped."""

from typing import Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from toolkit.base.tiers import LETTERS
from toolkit.publish.numbers import whole
from toolkit.whatif.replay import EXACT
from toolkit.widgets.studio_ahead_result import standing, won_cell, won_differences, won_reach
from toolkit.widgets.studio_model import StudioModel
from toolkit.widgets.studio_words import Words, problem_of, say_day
from toolkit.widgets.threshold_result import chip, heads, tag

_MOST: Final = 12  # movers listed


def replayed(studio: StudioModel, language: str) -> Markup:
    """The recorded weeks under the settings: what would differ, how sure, and what they cannot tell."""
    words = Words(studio, language)
    if studio.thresholds.changes == {}:
        body = tag("h3", words("replay.same")) + tag("p", words("replay.same_hint"), "sub")
        return Markup('<section class="card">{}</section>{}').format(body, _cannot(words))
    return _weeks(words) + _movers(words) + _cannot(words)


def side_by_side(studio: StudioModel, language: str) -> Markup:
    """The scenarios in a table, the baseline first."""
    words = Words(studio, language)
    outlook = studio.ahead.outlook
    won = won_differences(outlook)
    reach = won_reach(won)
    rows = Markup("").join(
        _scenario(words, row, won, reach) for row in studio.table(language).itertuples(index=False)
    )  # fmt: skip
    heading = ("scenario", "counts", "movers", "moved", "weeks", "exact", "ahead")
    names = [words(f"table.{name}") for name in heading]
    friday = pd.Timestamp(studio.outcome.after.friday)
    sub = words("table.sub", day=friday, weeks=len(studio.log.grid.weeks))
    problem = Markup("")
    if studio.shelf.problem:
        problem = problem_of(words("shelf.problem"), studio.shelf.problem)
    return Markup(
        '{}<section class="card"><h3>{}</h3><p class="sub">{}</p>{}'
        '<table class="t side"><thead>{}</thead><tbody>{}</tbody></table></section>'
    ).format(standing(words, outlook), words("table.title"), sub, problem, heads(names), rows)


def _weeks(words: Words) -> Markup:
    found = words.studio.comparison
    differ = int((found.active & (found.base.tier != found.other.tier)).sum())
    share = float(np.nanmean(found.moved_share)) if found.base.known.any() else 0.0
    n, total = len(found.base.weeks), int(found.active.sum())
    facts = {"n": n, "share": share, "resource": words.first_resource}
    title = words("replay.headline", differ=differ, total=total, **facts) if differ else words(
        "replay.headline_same", **facts)  # fmt: skip
    limit = words.studio.base.whatif.divergence
    exact = words("replay.exact", share=found.exact_share, limit=limit)
    gauge = Markup('<span class="gauge" aria-hidden="true"><i style="width:{:.1f}%"></i></span>').format(
        found.exact_share * 100
    )
    return Markup(
        '<section class="card"><h3>{}</h3>{}<p class="sub">{} {}</p><div class="halves">{}{}</div></section>'
    ).format(title, gauge, exact, words("replay.label"), _migration(words), _moved(words))


def _migration(words: Words) -> Markup:
    """The nine pairs as a square: rows in force, columns as set; those that stay are pale."""
    counts = words.studio.comparison.migration.set_index(["base_tier", "tier"])["account_weeks"]
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            chip(was),
            Markup("").join(
                Markup('<td class="{}">{}</td>').format(_cell_class(was, now, counts), f"{counts[was, now]:,}")
                for now in LETTERS
            ),
        )
        for was in LETTERS
    )
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(chip(tier)) for tier in LETTERS)
    return Markup(
        '<div><h4>{}</h4><p class="sub">{}</p><table class="square"><thead><tr><td></td>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>"
    ).format(words("replay.migration"), words("replay.migration_sub"), head, rows)


def _cell_class(was: str, now: str, counts: pd.Series) -> str:
    if was == now:
        return "stay"
    return "" if counts[was, now] else "none"


def _moved(words: Words) -> Markup:
    """A column a week: the part of the resource that would have gone elsewhere."""
    moved = words.studio.comparison.moved
    share = moved["share"].to_numpy()
    top = max(float(share.max(initial=0.0)), 1e-9)
    columns = Markup("").join(
        Markup('<i style="height:{:.1f}%"><span>{}：{}%</span></i>').format(
            x / top * 100, say_day(day, words.language), whole(x)
        )
        for day, x in zip(moved["week_ending"], share, strict=True)
    )
    at = moved["week_ending"].iloc[int(share.argmax())] if len(moved) else pd.Timestamp(words.outcome.after.friday)
    sub = words("replay.moved_sub", resource=words.first_resource, top=float(share.max(initial=0.0)), day=at)
    ends = (
        Markup("<span>{}</span><span>{}</span>").format(
            *(say_day(day, words.language) for day in moved["week_ending"].iloc[[0, -1]])
        )
        if len(moved)
        else ""
    )
    return Markup(
        '<div><h4>{}</h4><p class="sub">{}</p><div class="weeks" role="img" aria-label="{}">{}</div>'
        '<div class="ends" aria-hidden="true">{}</div></div>'
    ).format(words("replay.moved"), sub, sub, columns, ends)


def _movers(words: Words) -> Markup:
    movers = words.studio.comparison.movers
    movers = movers.sort_values(["account_weeks", "account_id"], ascending=[False, True])
    if not len(movers):
        body = tag("p", words("replay.movers_none"))
    else:
        names = [words(f"replay.{name}") for name in ("account", "change", "weeks", "span", "tag")]
        rows = [_mover(words, row) for row in movers.head(_MOST).itertuples(index=False)]
        if len(movers) > _MOST:
            more = words("replay.more", n=len(movers) - _MOST)
            rows.append(Markup('<tr class="mut"><th scope="row" colspan="5">{}</th></tr>').format(more))
        body = Markup('<table class="t past"><thead>{}</thead><tbody>{}</tbody></table>').format(
            heads(names), Markup("").join(rows)
        )
    return Markup('<section class="card"><h3>{}</h3>{}</section>').format(words("replay.movers"), body)


def _mover(words: Words, row: Any) -> Markup:
    first, last = (say_day(day, words.language) for day in (row.first_week, row.last_week))
    return Markup(
        '<tr><th scope="row">{}</th><td class="mv">{}<span class="arr" aria-hidden="true">→</span>{}</td>'
        '<td class="n">{}</td><td class="span">{}</td><td class="mut">{}</td></tr>'
    ).format(
        words.account(row.account_id),
        chip(row.base_tier),
        chip(row.tier),
        row.account_weeks,
        first if first == last else f"{first} – {last}",
        words("replay.tag_exact" if row.tag == EXACT else "replay.tag_label"),
    )


def _cannot(words: Words) -> Markup:
    codes = words.studio.comparison.not_identified
    items = Markup("").join(tag("li", words(f"replay.cannot_{code}")) for code in codes)
    return Markup('<section class="card hatch"><h3>{}</h3><p>{}</p><ul>{}</ul><p class="sub">{}</p></section>').format(
        words("replay.cannot"), words("replay.cannot_lead"), items, words("replay.cannot_next")
    )


def _scenario(words: Words, row: Any, won: dict[str, Any], reach: float) -> Markup:
    loaded = Markup("")
    if row.name == words.studio.loaded:
        loaded = Markup(' <span class="badge">{}</span>').format(words("table.loaded"))
    title = words.scenario(row.name)
    if row.state == "failed":
        return Markup('<tr class="failed"><th scope="row">{}{}</th><td colspan="6"><b>{}</b> {}</td></tr>').format(
            title, loaded, words("table.failed"), row.reason
        )
    counts = Markup("").join(
        Markup('<span class="cnt">{}{}</span>').format(chip(tier), int(n))
        for tier, n in zip(LETTERS, (row.a, row.b, row.c), strict=True)
    )
    moves = [
        Markup('<span class="who"><b>{}</b> {}</span>').format(words(f"table.{way}", n=len(ids)), words.names(ids))
        for way, ids in (("up", row.up), ("down", row.down))
        if ids
    ]
    return Markup(
        '<tr class="{}"><th scope="row">{}{}</th><td class="c">{}</td><td class="w">{}</td>'
        '<td class="n" data-label="{}">{}</td><td class="n" data-label="{}">{}</td>'
        '<td class="n" data-label="{}">{}</td>{}</tr>'
    ).format(
        "base" if row.name == "baseline" else "", title, loaded, counts,
        Markup("").join(moves) or Markup('<span class="mut">{}</span>').format(words("table.nobody")),
        words("table.moved"), f"{whole(row.moved)}%", words("table.weeks"), row.account_weeks,
        words("table.exact"), f"{whole(row.exact_share)}%", won_cell(words, won.get(row.name), row.name, reach),
    )  # fmt: skip
