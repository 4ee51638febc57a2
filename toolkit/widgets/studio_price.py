"""The price of the rule in the studio, as HTML: what plans are worth beside the best there is. Text is escaped."""

from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from toolkit.publish.numbers import whole
from toolkit.whatif.price import Price
from toolkit.widgets.studio_words import Words
from toolkit.widgets.threshold_result import heads, tag

_OWN: Final = "my_plan"
_LEFT: Final = ("rule", _OWN, "best_split", "optimum")  # plans whose worth under wrong responses is told


def priced(words: Words, price: Price, left: pd.DataFrame | None) -> Markup:
    """Each plan as a bar, the optimum 100 %; under it what is left when the responses are wrong (None: not yet)."""
    plans = price.plans
    rows = Markup("").join(_plan(words, row) for row in plans.itertuples(index=False))
    rule = plans[plans["in_force"]].iloc[0]
    if rule["state"] != "ok":
        title = words("price.unknown")
    else:
        title = words("price.title", rule=words(f"price.plan.{price.rule}"), cost=1.0 - rule["share_of_optimum"])
    return Markup(
        '<section class="card"><h3>{}</h3><p class="sub">{}</p>'
        '<table class="t worth"><tbody>{}</tbody></table>{}</section>'
    ).format(title, words("price.sub"), rows, _robust(words, price, left))


def _plan(words: Words, row: Any) -> Markup:
    name = words(f"price.plan.{row.plan}")
    name = name[:1].upper() + name[1:]
    kind = "rule" if row.in_force else "own" if row.plan == _OWN else ""
    mark = Markup(' <span class="badge">{}</span>').format(words("price.in_force")) if row.in_force else Markup("")
    if row.state != "ok":
        return Markup('<tr class="failed"><th scope="row">{}{}</th><td colspan="2">{}</td></tr>').format(
            name, mark, row.reason
        )
    parts = words("price.parts", a=row.share_a, b=row.share_b, c=row.share_c)
    if row.reserve > 5e-3:
        parts += words("price.parts_reserve", reserve=row.reserve)
    return Markup(
        '<tr class="{}"><th scope="row">{}{}<span class="parts">{}</span></th>'
        '<td class="bar" aria-hidden="true"><i style="width:{:.1f}%"></i></td><td class="n">{}%</td></tr>'
    ).format(kind, name, mark, parts, row.share_of_optimum * 100, whole(row.share_of_optimum))


def _robust(words: Words, price: Price, left: pd.DataFrame | None) -> Markup:
    title = tag("h4", words("price.robust"))
    if left is None:
        return title + tag("p", words("working"), "sub")
    if not len(left):
        return Markup("")
    errors = sorted(left["cv"].unique())
    rows = []
    for plan in _LEFT:
        mine = left[left["plan"] == (price.rule if plan == "rule" else plan)].set_index("cv")
        if len(mine):
            cells = Markup("").join(
                Markup('<td class="n">{}%<span class="mut"> {}–{}</span></td>').format(
                    whole(mine.loc[cv, "mean"]), whole(mine.loc[cv, "low"]), whole(mine.loc[cv, "high"])
                )
                for cv in errors
            )
            name = words("price.the_rule") if plan == "rule" else words(f"price.plan.{plan}")
            rows.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(name, cells))
    names = ["", *(words("price.error", cv=cv) for cv in errors)]
    return Markup(
        '{}<p class="sub">{}</p><table class="t robust"><thead>{}</thead><tbody>{}</tbody></table><p class="sub">{}</p>'
    ).format(title, words("price.robust_sub"), heads(names), Markup("").join(rows), words("price.caution"))
