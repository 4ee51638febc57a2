"""The studio's look ahead as HTML: the record, the differences with both intervals, the weekly bands. Escaped."""

from typing import Any, Final

import numpy as np
import pandas as pd
from markupsafe import Markup

from toolkit.language.forms import missing, money, number
from toolkit.publish.numbers import MINUS, whole
from toolkit.whatif.forecast import MY_PLAN
from toolkit.whatif.holdout import Holdout
from toolkit.whatif.scenario import BASELINE
from toolkit.whatif.simulate import FIGURES
from toolkit.widgets.studio_ahead import DONE, FAILED, Outlook
from toolkit.widgets.studio_words import Words, problem_of, say_day
from toolkit.widgets.threshold_result import heads, tag

_BAND: Final = "won_amount"


def looked_ahead(words: Words, outlook: Outlook) -> Markup:
    """The record first; then the forecast so far, dimmed where it answers an older question."""
    parts = []
    if outlook.record is not None:
        parts.append(_record(words, outlook.record))
    elif outlook.state != FAILED:
        parts.append(_working(words))
    if outlook.state == FAILED:
        parts.append(problem_of(words("ahead.failed"), outlook.problem))
    if outlook.forecast is not None:
        old = outlook.paths == 0 and outlook.state != FAILED
        body = _differences(words, outlook) + _bands(words, outlook)
        parts.append(Markup('<div class="{}">{}</div>').format("busy" if old else "", body))
    return Markup("").join(parts)


def _working(words: Words) -> Markup:
    return Markup('<section class="card"><h3>{}</h3><p class="sub" role="status">{}</p></section>').format(
        words("ahead.record"), words("working")
    )


def _record(words: Words, record: Holdout) -> Markup:
    """What the model said earlier, and what came: calibrated or not, and why."""
    title = words("ahead.calibrated" if record.calibrated else "ahead.uncalibrated")
    facts = words("ahead.record_sub", day=record.cut, weeks=record.weeks, deals=record.deals)
    reasons = Markup("").join(tag("li", words(f"ahead.reason.{code}")) for code in record.reasons)
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td class="n">{}</td><td class="n mut">{} – {}</td></tr>').format(
            words(f"ahead.method.{row.method}"), _brier(row.brier), _brier(row.low), _brier(row.high)
        )
        for row in record.scores.itertuples(index=False)
    )
    table = Markup('<table class="t brier"><thead>{}</thead><tbody>{}</tbody></table>').format(
        heads([words("ahead.method.title"), words("ahead.brier"), words("ahead.range")]), rows
    )
    coverage = record.coverage
    inside = ""
    if len(coverage):
        inside = words(
            "ahead.coverage", level=coverage["level"].iloc[0], inside=int(coverage["inside"].sum()),
            weeks=int(coverage["weeks"].sum()),
        )  # fmt: skip
    return Markup(
        '<section class="card record {}"><h3>{}</h3><p class="sub">{}</p><ul>{}</ul>{}<p class="sub">{}</p></section>'
    ).format("" if record.calibrated else "hatch", title, facts, reasons, table if len(record.scores) else "", inside)


def _brier(value: float) -> str:
    return "—" if missing(value) else f"{value:.3f}"


def _differences(words: Words, outlook: Outlook) -> Markup:
    """Each figure at the end: in force, under each scenario, and the difference with both intervals."""
    assert outlook.forecast is not None and outlook.record is not None
    figures = outlook.forecast.figures
    others = [name for name in figures["scenario"].unique() if name != BASELINE]
    badge = "" if outlook.record.calibrated else Markup('<span class="badge">{}</span>').format(
        words("ahead.uncalibrated_short"))  # fmt: skip
    share = 100 * outlook.paths / max(outlook.most, 1)
    status = _status(words, outlook)
    gauge = "" if outlook.state == DONE else Markup('<span class="gauge"><i style="width:{:.0f}%"></i></span>').format(
        share)  # fmt: skip
    base = figures[figures["scenario"] == BASELINE].set_index("figure")
    bodies = Markup("").join(_scenario(words, figures[figures["scenario"] == name], base) for name in others)
    if not others:
        bodies = _levels(words, base)
    weeks = words.studio.base.whatif.weeks
    level = words.studio.base.whatif.interval
    return Markup(
        '<section class="card"><h3>{} {}</h3><p class="sub" role="status">{}</p>{}{}<p class="sub">{}</p></section>'
    ).format(
        words("ahead.title", weeks=weeks), badge, status, gauge, bodies,
        words("ahead.intervals", level=level) if others else words("ahead.change_something"),
    )  # fmt: skip


def _levels(words: Words, base: pd.DataFrame) -> Markup:
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td class="n">{}</td><td class="n mut">{} – {}</td></tr>').format(
            words(f"ahead.figure.{figure}"),
            *(_value(words, figure, base.loc[figure, name]) for name in ("mean", "low", "high")),
        )
        for figure in FIGURES
        if figure in base.index
    )
    names = [words("ahead.figure.title"), words("ahead.in_force"), words("ahead.range")]
    return Markup('<table class="t levels"><thead>{}</thead><tbody>{}</tbody></table>').format(heads(names), rows)


def _scenario(words: Words, mine: pd.DataFrame, base: pd.DataFrame) -> Markup:
    first = mine.iloc[0]
    title = tag("h4", words.scenario(str(first["scenario"])))
    if first["state"] == "failed":
        return title + problem_of(words("table.failed"), str(first["reason"]))
    if first["state"] == "no_effect":
        return title + tag("p", words("ahead.no_effect"), "sub")
    rows = Markup("").join(
        _figure(words, row, base.loc[row.figure])
        for row in sorted(mine.itertuples(index=False), key=lambda r: FIGURES.index(r.figure))
    )
    names = [words(f"ahead.{name}") for name in ("figure.title", "in_force", "then")] + [words("ahead.difference"), ""]
    if first["scenario"] == MY_PLAN:
        title += tag("p", words("ahead.plan_held"), "sub")
    return title + Markup('<table class="t forest"><thead>{}</thead><tbody>{}</tbody></table>').format(
        heads(names), rows
    )


def _figure(words: Words, row: Any, base: pd.Series) -> Markup:
    return Markup(
        '<tr><th scope="row">{}</th><td class="n">{}</td><td class="n">{}</td><td class="n d"><b>{}</b></td>'
        '<td class="fo">{}</td></tr>'
    ).format(
        words(f"ahead.figure.{row.figure}"), _value(words, row.figure, base["mean"]),
        _value(words, row.figure, row.mean), _signed(words, row.figure, row.difference), _fork(words, row),
    )  # fmt: skip


def _fork(words: Words, row: Any, reach: float = 0.0) -> Markup:
    """A difference with both its intervals around a zero line, scaled to its own ends or to `reach`."""
    ends = np.array([row.mc_low, row.mc_high, row.param_low, row.param_high, row.difference], dtype=float)
    reach = reach or max(float(np.nanmax(np.abs(ends))), 1e-12)

    def at(x: float) -> float:
        return 50 + 46 * x / reach

    bars = Markup("")
    for kind, low, high in (("thin", row.param_low, row.param_high), ("thick", row.mc_low, row.mc_high)):
        if not (missing(low) or missing(high)):
            bars += Markup('<i class="{}" style="left:{:.1f}%;width:{:.1f}%"></i>').format(
                kind, at(low), max(at(high) - at(low), 0.4)
            )
    bars += Markup('<i class="dot" style="left:{:.1f}%"></i>').format(at(row.difference))
    by, low, high = (_signed(words, row.figure, x) for x in (row.difference, row.param_low, row.param_high))
    if by == low == high:  # nothing that could be told: no bar of dust around zero
        bars = Markup('<i class="dot" style="left:50%"></i>')
    said = words("ahead.difference_said", by=by, low=low, high=high)
    return Markup(
        '<span class="fork" role="img" aria-label="{0}" title="{0}"><i class="zero"></i>{1}</span>'
    ).format(said, bars)  # fmt: skip


def standing(words: Words, outlook: Outlook) -> Markup:
    """What the record says of every forecast below, and how far the forecast is: one line."""
    if outlook.record is None:
        failed = f"{words('ahead.failed')} {outlook.problem}" if outlook.state == FAILED else words("working")
        return tag("p", failed, "sub standing")
    calibrated = outlook.record.calibrated
    said = [words("ahead.calibrated" if calibrated else "ahead.uncalibrated")]
    said += [words(f"ahead.reason.{code}") for code in outlook.record.reasons]
    if outlook.state == FAILED:
        said.append(words("ahead.failed") + " " + outlook.problem)
    elif outlook.paths:
        said.append(_status(words, outlook))
    gap = "；" if words.language == "zh" else "; "
    return tag("p", gap.join(said), "sub standing")


def _status(words: Words, outlook: Outlook) -> str:
    if outlook.state == DONE:
        return words("ahead.all_paths", n=outlook.paths)
    return words("ahead.paths", n=outlook.paths, most=outlook.most)


def won_differences(outlook: Outlook) -> dict[str, Any]:
    """The rows of the amount won by scenario, as far as there is a forecast of them."""
    if outlook.forecast is None:
        return {}
    figures = outlook.forecast.figures
    return {row.scenario: row for row in figures[figures["figure"] == _BAND].itertuples(index=False)}


def won_reach(won: dict[str, Any]) -> float:
    """How far the widest interval of all scenarios reaches from zero: one scale for a column of differences."""
    ends = [abs(end) for row in won.values() for end in (row.param_low, row.param_high) if not missing(end)]
    return max(ends, default=0.0)


def won_cell(words: Words, row: Any, name: str, reach: float) -> Markup:
    """The amount won beside the baseline's, as a table's cell; `reach` of `won_reach`."""
    label = words("table.ahead")
    if row is None or row.state != "ok":
        said = "" if row is None else words("ahead.no_effect_short") if row.state == "no_effect" else row.reason
        return Markup('<td class="a mut" data-label="{}">{}</td>').format(label, said)
    if name == BASELINE:
        return Markup('<td class="a" data-label="{}">{}</td>').format(label, _value(words, _BAND, row.mean))
    return Markup('<td class="a" data-label="{}"><b>{}</b>{}</td>').format(
        label, _signed(words, _BAND, row.difference), _fork(words, row, reach)
    )


def _value(words: Words, figure: str, value: float) -> str:
    if missing(value):
        return "—"
    if figure == "won_amount":
        return money(float(value), words.language)
    return f"{whole(value)}%" if figure == "reserve_share" else number(float(value))


def _signed(words: Words, figure: str, value: float) -> str:
    if missing(value):
        return "—"
    size = _value(words, figure, abs(value))
    return size if size == _value(words, figure, 0.0) else ("+" if value > 0 else MINUS) + size


def _bands(words: Words, outlook: Outlook) -> Markup:
    """The amount won week by week: the mean, and the middle of the paths."""
    assert outlook.forecast is not None
    bands = outlook.forecast.bands
    bands = bands[bands["figure"] == _BAND]
    names = [name for name in bands["scenario"].unique()][:2]
    if not len(bands):
        return Markup("")
    top = max(float(bands["high"].max()), 1e-9)
    shapes, key = Markup(""), Markup("")
    for k, name in enumerate(names):
        mine = bands[bands["scenario"] == name].sort_values("week_ending")
        low, mean, high = (100 - 100 * mine[column].to_numpy() / top for column in ("low", "mean", "high"))
        x = np.linspace(0, 100, len(mine))
        shapes += _area(x, low, high, k) + Markup('<path class="mean s{}" d="{}"/>').format(k, _line(x, mean))
        key += Markup('<span class="s{}"><i></i>{}</span>').format(k, words.scenario(name))
    days = bands["week_ending"].sort_values()
    level = words.studio.base.whatif.interval
    return Markup(
        '<section class="card"><h3>{}</h3><p class="sub"><span class="key">{}</span>{}</p>'
        '<div class="bands"><span class="top">{}</span>'
        '<svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg></div>'
        '<div class="ends" aria-hidden="true"><span>{}</span><span>{}</span></div></section>'
    ).format(
        words("ahead.bands"), key, words("ahead.bands_sub", level=level), money(top, words.language),
        words("ahead.bands"), shapes, say_day(days.iloc[0], words.language), say_day(days.iloc[-1], words.language),
    )  # fmt: skip


def _area(x: Any, low: Any, high: Any, k: int) -> Markup:
    there, back = _line(x, high), _line(x[::-1], low[::-1]).replace("M", "L", 1)
    return Markup('<path class="area s{}" d="{}{}Z"/>').format(k, there, back)


def _line(x: Any, y: Any) -> str:
    return "M" + "L".join(f"{a:.2f} {b:.2f}" for a, b in zip(x, y, strict=True))
