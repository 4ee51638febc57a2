"""The three-year ROI model with sliders: the return under other assumptions, what it hangs on, and its workbook."""

import base64
from typing import Any, Final

import ipywidgets as widgets
from markupsafe import Markup

from toolkit.base.errors import InputError
from toolkit.base.keyed_draw import Salt
from toolkit.data.load import Data
from toolkit.language import LANGUAGES, check_language, say
from toolkit.language.forms import missing
from toolkit.method.roi import INPUTS, RoiParameters
from toolkit.parameters import Parameters
from toolkit.publish.roi_workbook import roi_workbook
from toolkit.reports.provenance import reviewed_friday
from toolkit.reports.roi_document import RoiModel, roi_model
from toolkit.reports.teller import Teller
from toolkit.widgets.pieces import ROOT as FIGURES
from toolkit.widgets.pieces import drawing, pairs
from toolkit.widgets.threshold_controls import Row
from toolkit.widgets.threshold_looks import ROOT, Kit, style
from toolkit.widgets.threshold_model import control_of
from toolkit.widgets.threshold_result import heads, message, tag

_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST: Final = 1e12


class RoiPanel(widgets.VBox):
    """The panel: account, contract and assumptions left; the return right. `model` is what it shows."""

    def __init__(self, teller: Teller, accounts: list[str], account: str, language: str) -> None:
        self._teller, self._language = teller, language
        self._kit = kit = Kit()
        self._quiet = False
        self._base = teller.team.week.parameters
        self._values: dict[str, float] = {}
        self._title, self._verdict, self._detail = kit.html(), kit.html("verdict"), kit.html("detail")
        self._accounts = kit.make(widgets.Dropdown)
        self._contract = kit.make(widgets.BoundedFloatText, min=0.0, max=_MOST, step=1000.0)
        self._rows = [Row(kit, control_of(f"roi.{name}", self._base), self._moved) for name in INPUTS]
        self._reset = kit.make(widgets.Button)
        self._reset.on_click(lambda _: self._back())
        head = kit.box("head", self._title, kit.tongue(language, self._switched))
        top = [kit.column("control", one) for one in (self._accounts, kit.box("top contract", self._contract))]
        buttons = kit.box("buttons", self._reset)
        controls = kit.column("controls", *top, *(row.box for row in self._rows), buttons)
        body = kit.box("grid", self._verdict, controls, self._detail) if accounts else self._detail
        super().__init__([kit.html("", style(("figures.css", FIGURES))), kit.column("page", head, body)])
        self._dom_classes = (ROOT, FIGURES)
        self._quiet = True
        self._accounts.options = [(teller.account(one), one) for one in accounts]
        if accounts:
            self._accounts.value = account or accounts[0]
            self._contract.value = self._known()
        self._quiet = False
        self._accounts.observe(lambda _: self._picked(), "value")
        self._contract.observe(lambda _: self._show(), "value")
        self._relabel()

    @property
    def account(self) -> str:
        """The account that is looked at; "" without any."""
        return self._accounts.value or ""

    @property
    def model(self) -> RoiModel:
        """The model with the panel's assumptions."""
        p = RoiParameters(**(self._base.roi.model_dump() | self._values))
        contract = self._contract.value or float("nan")
        return RoiModel(self._teller.account(self.account), contract, p, self._language)

    def set(self, name: str, value: float) -> None:
        """Set an assumption by its name (roi.INPUTS). Raises KeyError for another."""
        row = {row.control.path: row for row in self._rows}[f"roi.{name}"]
        self._moved(row.control.path, value)

    def _known(self) -> float:
        contract = roi_model(self._teller, self.account).contract
        return 0.0 if missing(contract) else float(contract)

    def _picked(self) -> None:
        self._quiet = True
        self._contract.value = self._known()
        self._quiet = False
        self._show()

    def _moved(self, path: str, value: Any) -> None:
        if not self._quiet:
            self._values[path.removeprefix("roi.")] = float(value)
            self._show()

    def _back(self) -> None:
        self._values = {}
        self._picked()

    def _switched(self, language: str) -> None:
        self._language = language
        self._relabel()

    def _relabel(self) -> None:
        language = self._language
        for name in LANGUAGES:
            (self.add_class if name == language else self.remove_class)(f"in-{name}")
        self._title.value = Markup("<h1>{}</h1>").format(say("document.roi_panel.title", language))
        self._accounts.description = say("document.column.account", language)
        self._contract.description = say("document.roi.contract", language)
        self._reset.description = say("threshold.reset", language)
        self._quiet = True
        for row in self._rows:
            row.relabel(language)
        self._quiet = False
        self._show()

    def _show(self) -> None:
        if self._quiet:
            return
        model, language = self.model, self._language
        self._quiet = True
        for row in self._rows:
            name = row.control.path.removeprefix("roi.")
            value = getattr(model.parameters, name)
            row.show(value, value != getattr(self._base.roi, name), "")
        self._quiet = False
        self._reset.disabled = not self._values and (not self.account or self._contract.value == self._known())
        self._reset.tooltip = say("threshold.reset_not" if self._reset.disabled else "threshold.reset_now", language)
        if missing(model.contract):
            self._verdict.value = ""
            self._detail.value = message(say("document.roi_panel.title", language), [model.verdict])
            return
        self._detail.value = Markup("").join(
            [_results(model), drawing(model.tornado, language), tag("p", say("document.roi.note", language), "sub")]
        )
        self._verdict.value = tag("p", model.account, "eyebrow") + tag("h2", model.verdict)  # the last word


def _results(model: RoiModel) -> Markup:
    names, rows = model.flow_table
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            row[0], Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row[1:])
        )
        for row in rows
    )
    content = base64.b64encode(roi_workbook(model)).decode()
    link = Markup('<p class="get"><a download="roi_model.xlsx" href="data:{};base64,{}">{}</a></p>').format(
        _TYPE, content, say("document.roi_panel.download", model.language)
    )
    table = Markup('<table class="t flows"><thead>{}</thead><tbody>{}</tbody></table>').format(heads(names), body)
    inner = tag("h3", model.say("results")) + pairs(model.results) + tag("h4", model.say("flows")) + table + link
    return Markup('<section class="card">{}</section>').format(inner)


def roi_panel(
    data: Data,
    as_of: Any = None,
    parameters: Parameters | None = None,
    language: str = "zh",
    account: str = "",
) -> RoiPanel:
    """The ROI model of a Friday's accounts as a widget, for JupyterLab and Voila.

    account  which comes first; default: the active account with the largest contract; the rest as of `review`
    Raises InputError for a day or an account that is not there.

    Examples
    --------
    >>> from toolkit.data.load import load
    >>> panel = roi_panel(load("sample_data"), "2026-11-20", account="A001")
    >>> before = panel.model.measures.npv
    >>> panel.set("discount_rate", 0.2)
    >>> panel.model.measures.npv < before
    True
    """
    check_language(language)
    p = parameters or Parameters()
    friday, _ = reviewed_friday(data, as_of, language)
    teller = Teller.of(data, friday, p, Salt.from_environment(p.spot_check.seed), language)
    week = teller.team.week
    known = sorted(week.active["account_id"], key=lambda one: (-week.stake(one), one))
    if account and account not in known:
        near = ", ".join(known[:12])
        raise InputError(say("document.not_known", language, value=account, known=near))
    return RoiPanel(teller, known, account, language)
