"""The plan editor of the studio: a row an account, the total always in sight, refused in words. No rules."""

import base64
from collections.abc import Callable
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.language import say
from toolkit.publish.numbers import amount as in_column
from toolkit.widgets.studio_plan import AS_SET, IN_FORCE, RESERVE, PlanModel
from toolkit.widgets.studio_words import Words, problem_of
from toolkit.widgets.threshold_looks import Kit, mark, show_if
from toolkit.widgets.threshold_result import chip

_FILE: Final = "plan.csv"
_COMMAND: Final = f"kat whatif --plan {_FILE}"
_SCALES: Final = {"zh": 1e4, "en": 1e3}  # money is typed in 万元 or in ¥k, as tables show it


class PlanEditor:
    """The table of amounts; `box` is the widget. It moves the plan through `do`, which may dim what is shown."""

    def __init__(self, kit: Kit, plan: PlanModel, do: Callable[[Callable[[], None]], None]) -> None:
        self._kit, self._plan, self._do = kit, plan, do
        self._rows: dict[str, _Row] = {}
        self._head, self._total, self._how = kit.html(), kit.html("total"), kit.html("export")
        self._buttons = {
            name: kit.make(widgets.Button) for name in (IN_FORCE, AS_SET, "fit", "rest", "clear")
        }  # fmt: skip
        actions: dict[str, Callable[[], None]] = {
            IN_FORCE: lambda: plan.start_from(IN_FORCE),
            AS_SET: lambda: plan.start_from(AS_SET),
            "fit": plan.fit,
            "rest": plan.rest_to_reserve,
            "clear": plan.clear,
        }
        for name, button in self._buttons.items():
            button.on_click(lambda _, act=actions[name]: self._do(act))
        self._more = kit.make(widgets.Dropdown)
        self._more.observe(self._added, "value")
        self._table, self._heads = kit.column("amounts"), kit.html("heads")
        start = kit.box("buttons", self._buttons[IN_FORCE], self._buttons[AS_SET], self._buttons["clear"])
        mend = kit.box("buttons mend", self._buttons["fit"], self._buttons["rest"])
        self.box = kit.column(
            "plan card", self._head, start, self._table, kit.box("add", self._more), self._total, mend, self._how
        )
        self._quiet = False

    def show(self, words: Words) -> None:
        """The plan as the model has it, in the words' language."""
        plan, language = self._plan, words.language
        self._quiet = True
        title, sub = words("plan.title"), words("plan.sub", resource=words.first_resource)
        self._head.value = Markup('<h3>{}</h3><p class="sub">{}</p>').format(title, sub)
        for name, button in self._buttons.items():
            button.description = say(f"studio.plan.button.{name}", language)
            button.tooltip = say(f"studio.plan.why.{name}", language)
        off = plan.check.code in ("over", "under")
        self._buttons["clear"].disabled = plan.empty
        self._buttons["fit"].disabled = not off
        self._buttons["rest"].disabled = not off
        for part in (self._table, self._total, self._more, self._buttons["fit"], self._buttons["rest"], self._how):
            show_if(part, not plan.empty)
        if not plan.empty:
            self._show_rows(words)
            self._show_more(words)
            self._total.value = _total(words, plan)
            self._show_file(words)
        self._quiet = False

    def _show_rows(self, words: Words) -> None:
        frame = self._plan.rows()
        scale = _SCALES[words.language] if self._plan.resource.unit == "CNY" else 1.0
        self._heads.value = Markup("<span>{}</span><span>{}</span><span>{}</span><span>{}</span>").format(
            words("plan.account"), words("plan.mine", unit=words.unit(self._plan.resource.unit)),
            words("plan.in_force"), words("plan.change"),
        )  # fmt: skip
        shown = [self._heads]
        for row in frame.itertuples(index=False):
            if row.account_id not in self._rows:
                self._rows[row.account_id] = _Row(self._kit, row.account_id, self._typed)
            self._rows[row.account_id].show(words, row, scale, self._plan)
            shown.append(self._rows[row.account_id].box)
        if [child.model_id for child in self._table.children] != [box.model_id for box in shown]:
            self._table.children = shown

    def _show_more(self, words: Words) -> None:
        listed = set(self._plan.rows()["account_id"])
        rest = [(words.account(a), a) for a in self._plan.accounts if a not in listed]
        options = [(words("plan.add"), ""), *rest]
        if list(self._more.options) != options:
            self._more.options = options
        self._more.value = ""
        self._more.description = words("plan.add_label")

    def _show_file(self, words: Words) -> None:
        text = self._plan.export()
        link = "data:text/csv;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()
        show_if(self._how, bool(text))
        self._how.value = Markup('<p>{}</p><code>{}</code><a download="{}" href="{}">{}</a>').format(
            words("plan.how"), _COMMAND, _FILE, link, words("plan.download")
        )

    def _typed(self, account_id: str, amount: float) -> None:
        if not self._quiet:
            self._do(lambda: self._plan.set(account_id, amount))

    def _added(self, change: Any) -> None:
        if change["new"] and not self._quiet:
            self._do(lambda: self._plan.set(change["new"], 0.0))


class _Row:
    """An account: its name and number, what the rule gives, and the difference."""

    def __init__(self, kit: Kit, account_id: str, typed: Callable[[str, float], None]) -> None:
        self._account, self._scale, self._shown = account_id, 1.0, 0.0
        self._tier, self._facts = kit.html("chipbox"), kit.html("facts")
        self._number = kit.make(widgets.BoundedFloatText, min=0.0, max=1e12, step=0.1)
        self._number.observe(lambda change: self._changed(change["new"], typed), "value")
        self.box = kit.box("amount", self._tier, self._number, self._facts)

    def show(self, words: Words, row: Any, scale: float, plan: PlanModel) -> None:
        """The row of `PlanModel.rows`; `scale`: how much of the unit one typed is."""
        self._scale = scale
        self._shown = round(row.plan / scale, 4)
        name = words.account(row.account_id) if row.account_id != RESERVE else words("plan.reserve")
        self._tier.value = chip(row.tier) if row.tier else Markup("")
        self._number.description = self._number.tooltip = name
        self._number.step = max(plan.grain / scale, 1e-4)
        self._number.value = self._shown
        unit = plan.resource.unit
        change = row.plan - row.in_force
        size = in_column(abs(change), unit, words.language)
        more = "" if abs(change) <= plan.grain / 2 else ("+" if change > 0 else "−") + size
        self._facts.value = Markup('<span class="rule">{}</span><span class="more">{}</span>').format(
            in_column(row.in_force, unit, words.language), more
        )
        mark(self.box, "differs", bool(more))

    def _changed(self, value: float, typed: Callable[[str, float], None]) -> None:
        if abs(value - self._shown) > 1e-9:
            typed(self._account, value * self._scale)


def _total(words: Words, plan: PlanModel) -> Markup:
    """What is handed out of what there is; where it does not add up, by how much and on whom to look."""
    unit, total = plan.resource.unit, plan.resource.weekly_total
    check = plan.check
    of = words("plan.total", sum=words.amount(plan.handed_out, unit), total=words.amount(total, unit))
    line = Markup('<p class="sum {}"><b>{}</b></p>').format(check.code, of)
    if check.code == "fits":
        return line + Markup('<p class="sub">{}</p>').format(words("plan.fits"))
    gap = words.amount(abs(check.gap), unit)
    who = words.names(check.accounts)
    text = words(f"plan.{check.code}_who", gap=gap, who=who) if who else words(f"plan.{check.code}", gap=gap)
    return line + problem_of(words("plan.refused"), text)
