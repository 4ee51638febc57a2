"""F3's workbook, recomputed by LibreOffice: its live formulas give our numbers to the cent."""

import math
import shutil
import subprocess

import openpyxl
import pytest

from toolkit.method.roi import INPUTS, RoiParameters
from toolkit.publish.roi_workbook import roi_workbook
from toolkit.reports.roi_document import RoiModel

NAMES = ["contract", "implementation_share", "running_share", "downtime_share", "output_share", "labour_share",
         "quality_share", "first_year", "discount_rate", "spread"]  # fmt: skip
CHANGES = {
    "as it is written": {},
    "another rate and contract": {"contract": 3_333_333.33, "discount_rate": 0.137},
    "not paid back": {"downtime_share": 0.05, "output_share": 0.05, "first_year": 0.1},
    "no rate at all": {"downtime_share": 0.0, "output_share": 0.0, "labour_share": 0.0, "quality_share": 0.0},
    "paid back in the first year": {"downtime_share": 1.9, "first_year": 1.0},
    "another spread": {"spread": 0.35, "running_share": 0.11},
}


def model(contract=1_400_000.0, **values):
    return RoiModel("甲 <b>", contract, RoiParameters(**values), "zh")


def cells(path):
    """The cells of both sheets by what stands left of them."""
    book = openpyxl.load_workbook(path, data_only=True)
    left = {row[0].value: [cell.value for cell in row[1:]] for row in book.worksheets[0].iter_rows() if row[0].value}
    rows = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows(min_row=4)]
    return left, rows


def recomputed(content, changes, folder):
    """The workbook with inputs changed as a person would, then computed by LibreOffice."""
    (folder / "given.xlsx").write_bytes(content)
    book = openpyxl.load_workbook(folder / "given.xlsx")
    for name, value in changes.items():
        sheet, cell = book.defined_names[f"kat_{name}"].attr_text.replace("$", "").replace("'", "").split("!")
        book[sheet][cell] = value
    book.save(folder / "changed.xlsx")  # without the values that were computed before
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "LibreOffice is needed: apt-get install --no-install-recommends libreoffice-calc"
    command = [
        office,
        "--headless",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(folder / "changed.xlsx")], check=True, timeout=180,
                   capture_output=True)  # fmt: skip
    return cells(folder / "out" / "changed.xlsx")


def to_the_cent(value, ours):
    return value == "—" if math.isnan(ours) else round(value, 2) == pytest.approx(round(ours, 2), abs=0.0051)


@pytest.mark.browser
@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_what_libreoffice_computes_is_what_we_compute(changes, tmp_path):
    left, rows = recomputed(roi_workbook(model()), changes, tmp_path)
    inputs = {name: value for name, value in changes.items() if name != "contract"}
    ours = model(changes.get("contract", 1_400_000.0), **inputs)
    m, years = ours.measures, ours.years
    for row in ("flow", "cumulated", "discounted", "discounted_cumulated"):
        found = left[ours.say(f"row.{row}")][:4]
        assert [round(value, 2) for value in found] == [pytest.approx(round(v, 2), abs=0.0051) for v in years[row]]
    assert to_the_cent(left[ours.say("result.npv")][0], m.npv)
    assert to_the_cent(left[ours.say("result.invested")][0], -m.flows[0])
    for name, value in {"irr": m.irr, "roi": m.roi, "payback": m.payback, "discounted": m.discounted_payback}.items():
        found = left[ours.say(f"result.{name}")][0]
        assert found == "—" if math.isnan(value) else found == pytest.approx(value, abs=1e-8)
    written = model().sensitivity["path"].tolist()  # the order in which the rows were written
    known = ours.sensitivity.set_index("path")
    npv = 2
    assert rows[0][npv] == pytest.approx(m.npv, abs=0.005)
    for place, path in enumerate(written):
        low, high = rows[1 + 2 * place], rows[2 + 2 * place]
        assert low[npv] == pytest.approx(known.loc[path, "at_low"], abs=0.005)
        assert high[npv] == pytest.approx(known.loc[path, "at_high"], abs=0.005)
        assert high[npv + 1] == pytest.approx(known.loc[path, "at_high"] - m.npv, abs=0.005)
    (tmp_path / "ours.xlsx").write_bytes(roi_workbook(ours))
    every_figure_is_equal((left, rows), cells(tmp_path / "ours.xlsx"))


def every_figure_is_equal(found, ours):
    """Every cell of both sheets, words and figures, to the cent; a row of the sensitivity by its input and end."""
    assert {name: len(row) for name, row in found[0].items()} == {name: len(row) for name, row in ours[0].items()}
    sheets = [(found[0][name], ours[0][name]) for name in ours[0]]
    by_end = {(row[0], row[1] or ""): row[2:] for row in ours[1]}
    assert len(found[1]) == len(by_end) == 1 + 2 * len(INPUTS)
    sheets += [(row[2:], by_end[row[0], row[1] or ""]) for row in found[1]]
    figures = 0
    for left, right in sheets:
        for one, other in zip(left, right, strict=True):
            if isinstance(other, int | float):
                assert one == pytest.approx(other, abs=0.005 if abs(other) > 10 else 1e-8)
                figures += 1
            else:
                assert one == other
    assert figures >= 17 * 15 + 10 + 16 + 4  # up to three of the seven measures may be a dash


def test_what_it_holds_before_anybody_computes_is_what_we_compute(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(roi_workbook(model()))
    left, rows = cells(tmp_path / "a.xlsx")
    ours = model()
    assert left[ours.say("result.npv")][0] == pytest.approx(ours.measures.npv)
    assert rows[0][2] == pytest.approx(ours.measures.npv)


def test_the_same_model_gives_the_same_file():
    assert roi_workbook(model()) == roi_workbook(model())


def test_an_accounts_name_is_text_and_never_a_formula(tmp_path):
    evil = RoiModel("=HYPERLINK(1)", 1.0, RoiParameters(), "en")
    (tmp_path / "a.xlsx").write_bytes(roi_workbook(evil))
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets[0]["A1"].data_type == "s"


def test_without_a_contract_there_is_no_workbook():
    with pytest.raises(ValueError, match="contract"):
        roi_workbook(model(float("nan")))
