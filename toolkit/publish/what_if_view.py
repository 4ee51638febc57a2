"""What the what-if page's templates ask of a Report. It shows; it decides nothing."""

import re
from dataclasses import replace
from typing import Any, ClassVar, Final

import pandas as pd
from markupsafe import Markup, escape

from toolkit.base.states import CANNOT_JUDGE
from toolkit.language import has
from toolkit.language.forms import brief, missing, number
from toolkit.method.stated_probability import wilson
from toolkit.publish.charts import outcome
from toolkit.publish.charts import what_if as charts
from toolkit.publish.charts.tuner import reading_name
from toolkit.publish.numbers import fixed, whole
from toolkit.publish.view import ReportView
from toolkit.reports.report import Section
from toolkit.whatif.scenario import BASELINE

_AMOUNT: Final = re.compile(r"[+−]?¥?\d[\d.,]*[万亿kMB]|[+−]¥?\d[\d.,]*%?")
_MOVERS: Final = 10
_PROMOTED: Final = 6
_SMALL_BANDS: Final = ("a_accounts", "demotions")


def unbroken(words: str) -> Markup:
    """Text as HTML whose amounts stay on one line, each with its sign and its unit.

    Examples
    --------
    >>> print(unbroken("A & B (−¥1.2M)"))
    A &amp; B (<span class="nb">−¥1.2M</span>)
    """
    return Markup(_AMOUNT.sub(r'<span class="nb">\g<0></span>', str(escape(words))))


class View(ReportView):
    """A what-if as its templates see it."""

    vocabulary = (
        *ReportView.vocabulary, "facts", "cards", "scenario_rows", "replayed", "movers", "more_movers", "exactness",
        "calibrated", "score_rows", "coverage_rows", "small_bands", "has_bands", "has_price", "has_curves",
        "quality_rows", "delays", "failed_ranges", "promotions", "more_promotions", "reps", "tier_changes", "crowding",
        "subject", "assumed", "unbroken", "has_team", "tuned", "known_ranges",
    )  # fmt: skip
    charts: ClassVar[Any] = charts

    def unbroken(self, words: str) -> Markup:
        """Text whose amounts no line break parts."""
        return unbroken(words)

    def section(self, code: str) -> Section:
        """The report's section, with amounts that no line break parts."""
        found = super().section(code)
        return replace(found, headline=unbroken(found.headline), notes=tuple(map(unbroken, found.notes)))

    def name_of_section(self, code: str) -> str:
        """What a section is called where the report says nothing of it."""
        return self.t(f"what_if_page.section.{code}")

    def scenario(self, key: Any) -> str:
        """A scenario's title, or its name."""
        return self._name("scenarios", key)

    @property
    def ours(self) -> str:
        """The scenario that the report is about."""
        return charts.compared(self.report)

    def of_ours(self, code: str) -> pd.DataFrame:
        """The rows of an evidence frame that belong to the scenario the report is about."""
        return charts.rows_of(self.report, code, self.ours)

    def facts(self) -> list[str]:
        """What the report covers: the scenario, the Fridays replayed, the weeks ahead, the day."""
        moved, bands = self.of_ours("moved"), charts.rows_of(self.report, "bands", BASELINE)
        out = [self.scenario(self.ours)] if self.ours else []
        if len(moved):
            out.append(self.t("what_if_page.back", n=moved["week_ending"].nunique()))
        if len(bands):
            out.append(self.t("what_if_page.ahead", n=bands["week_ending"].nunique()))
        return [*out, self.t("page.as_of", day=self.report.as_of)]

    def cards(self) -> list[dict[str, Any]]:
        """The four figures; without a value where one cannot be judged."""
        rows = self.frame("figures").to_dict("records")
        return [row | {"text": "" if row["state"] == CANNOT_JUDGE else self.words(row["text"])} for row in rows]

    def scenario_rows(self) -> list[dict[str, Any]]:
        """A row a scenario: what it changes, what the replay and the forecast make of it, or why there is nothing."""
        out = []
        for row in self.frame("scenarios").to_dict("records"):
            first = row["scenario"] == BASELINE
            note = self.t("what_if_page.scenarios.as_is") if first else self.words(row["note"])
            ahead = self._ahead(row["scenario"], first) if row["state"] == "ok" else {}
            out.append({
                "title": row["title"], "note": note, "first": first, "ours": row["scenario"] == self.ours,
                "looked": first or not missing(row["now_moves"]), "reason": self._reason(row["state"], row["reason"]),
                "now": self._count(row["now_moves"], first), "weeks": self._count(row["account_weeks"], first),
                "moved": "" if first else self._tenth(row["moved_mean"]),
                "exact": "" if first else whole(row["exact_share"]), "ahead": ahead, "failed": row["state"] == "failed",
            })  # fmt: skip
        return out

    def _count(self, value: Any, first: bool) -> str:
        return "" if first else "—" if missing(value) else number(float(value))

    def _tenth(self, share: Any) -> str:
        return "—" if missing(share) else fixed(float(share) * 100, 1)

    def _ahead(self, scenario: str, first: bool) -> dict[str, str]:
        """The differences of the figures at the end, written out; of the baseline, their levels."""
        write, column = (outcome.written, "mean") if first else (outcome.difference, "difference")
        rows = charts.rows_of(self.report, "forecast", scenario).set_index("figure")
        return {name: write(name, value, self.language) for name, value in rows[column].items()} if len(rows) else {}

    def _reason(self, state: Any, reason: Any) -> str:
        if state == "no_effect":
            return self.t("what_if_page.reason.no_effect")
        if state != "failed":
            return ""
        code = self.words(reason) or "unknown"
        key = f"what_if_page.reason.{code}"
        return self.t(key) if has(key, self.language) else code

    def replayed(self) -> dict[str, Any] | None:
        """The compared scenario's row of `scenarios`; None where nothing was replayed."""
        frame = self.frame("scenarios")
        rows = frame[frame["scenario"] == self.ours].to_dict("records") if len(frame) else []
        return rows[0] if rows and len(self.of_ours("migration")) else None

    def movers(self) -> list[Any]:
        """Who would have been in another tier, most weeks first: at most ten."""
        frame = self.of_ours("movers")
        ordered = frame.sort_values("account_weeks", ascending=False, kind="stable") if len(frame) else frame
        return list(ordered.head(_MOVERS).itertuples(index=False))

    def more_movers(self) -> int:
        """How many movers are not listed."""
        return max(0, len(self.of_ours("movers")) - _MOVERS)

    def exactness(self) -> dict[str, Any]:
        """How much of the compared scenario's replay is exact: its share, and the account-weeks that are a label."""
        counts = self.of_ours("migration")
        weeks, exact = int(counts["account_weeks"].sum()), int(counts["exact"].sum())
        return {"share": exact / weeks if weeks else float("nan"), "label": weeks - exact}

    def calibrated(self) -> bool:
        """Whether the holdout record stands."""
        return charts.calibrated(self.report)

    def score_rows(self) -> list[dict[str, Any]]:
        """The Brier scores, the best marked; none where none is known."""
        frame = self.frame("holdout_scores")
        known = frame[frame["brier"].notna()] if len(frame) else frame
        best = known["brier"].min() if len(known) else None
        return [
            {"method": self.t(f"what_if_page.holdout.{r.method}"), "brier": fixed(r.brier, 3), "best": r.brier == best,
             "interval": f"{fixed(r.low, 3)}–{fixed(r.high, 3)}"}
            for r in known.itertuples(index=False)
        ]  # fmt: skip

    def coverage_rows(self) -> list[dict[str, str]]:
        """In how many weeks what came lay inside the band, by figure."""
        return [
            {"figure": outcome.name(r.figure, self.language), "share": whole(r.share),
             "inside": self.t("what_if_page.holdout.of", inside=int(r.inside), weeks=int(r.weeks)),
             "title": self.t("what_if_page.holdout.coverage", level=r.level)}
            for r in self.rows("holdout_coverage")
        ]  # fmt: skip

    def has_bands(self, figure: str) -> bool:
        """Is there a forecast of a figure, week by week?"""
        frame = self.frame("bands")
        return bool(len(frame)) and bool((frame["figure"] == figure).any())

    def small_bands(self) -> list[str]:
        """The figures drawn small beneath the won amount."""
        return [figure for figure in _SMALL_BANDS if self.has_bands(figure)]

    def has_price(self) -> bool:
        """Is there a plan with a price?"""
        frame = charts.rows_of(self.report, "price_plans", BASELINE)
        return bool(len(frame)) and bool((frame["state"] == "ok").any())

    def has_curves(self) -> bool:
        """Are there response curves?"""
        return bool(len(self.frame("curves"))) and bool(len(self.frame("points")))

    def assumed(self) -> dict[str, Any]:
        """The price under other responses: the steepnesses, and by half effect the rule and the optimum under each."""
        frame = self.frame("assumptions")
        if not len(frame):
            return {}
        rows = [
            (number(half), [(whole(r.rule), whole(r.optimum), bool(r.in_use)) for r in group.itertuples(index=False)])
            for half, group in frame.sort_values(["half_effect", "steepness"]).groupby("half_effect")
        ]
        return {"title": self._turns(frame), "steepnesses": sorted(frame["steepness"].unique()), "rows": rows}

    def _turns(self, frame: pd.DataFrame) -> str:
        """Whether the rule comes out above the computed optimum anywhere, and where it does so most."""
        most = frame.loc[(frame["rule"] - frame["optimum"]).idxmax()]
        if most["rule"] <= most["optimum"]:
            return self.t("what_if_page.assumptions.title_holds")
        facts = {"half": most["half_effect"], "steepness": most["steepness"]}
        return self.t("what_if_page.assumptions.title_turns", rule=most["rule"], optimum=most["optimum"], **facts)

    def quality_rows(self) -> list[dict[str, Any]]:
        """The alerts as the parameters in force have them, then the scenarios in which theirs come out otherwise."""
        frame = self.frame("alert_quality")
        if not len(frame):
            return []
        base = frame[frame["scenario"] == BASELINE]
        told = ["episodes", "judged", "hits", "losses", "caught"]
        out = [self._quality(row) for row in base.itertuples(index=False)]
        for row in frame[(frame["scenario"] != BASELINE) & frame["in_force"].astype(bool)].itertuples(index=False):
            same = base[(base["rule"] == row.rule) & (base["reading"] == row.reading)]
            if not len(same) or (same.iloc[0][told] != pd.Series(row._asdict())[told]).any():
                out.append(self._quality(row))
        return out

    def _quality(self, row: Any) -> dict[str, Any]:
        known = row.state != CANNOT_JUDGE
        who = "" if row.scenario == BASELINE else self.scenario(row.scenario)
        return {
            "rule": self.t(f"what_if_page.quality.{row.rule}"), "scenario": who,
            "reading": reading_name(row.reading, self.language) if row.reading else "",
            "in_force": bool(row.in_force) and not who, "known": known,
            "verdict": self.t(f"what_if_page.quality.{row.code}"),
            "precision": whole(row.precision),
            "hits": self.t("what_if_page.quality.of", part=int(row.hits), whole=int(row.judged)),
            "base": whole(row.base_rate), "recall": whole(row.recall),
            "caught": self.t("what_if_page.quality.of", part=int(row.caught), whole=int(row.losses)),
            "lead": "—" if missing(row.lead_days_median) else brief(row.lead_days_median),
        }  # fmt: skip

    def delays(self) -> str:
        """How long each reading of the red alert takes to detect a fall."""
        parts = [
            self.t("what_if_page.tuner.delay_part", reading=reading_name(r.reading, self.language),
                   days=r.delay_days_median)
            for r in self.rows("tuner") if not missing(r.delay_days_median)
        ]  # fmt: skip
        return self.t("what_if_page.tuner.delay", parts=self.t("page.list_join").join(parts)) if parts else ""

    def tuned(self) -> bool:
        """Is enough on record to compare the readings of the red alert?"""
        frame = self.frame("tuner")
        return bool(len(frame)) and bool(frame["false_alarms_year"].notna().any())

    def known_ranges(self) -> bool:
        """Did any range of the tornado give a result?"""
        frame = self.frame("tornado")
        return bool(len(frame)) and bool(frame["swing"].notna().any())

    def failed_ranges(self) -> list[str]:
        """The ranges that failed, with their reasons."""
        out = []
        for row in self.rows("tornado"):
            if missing(row.swing):
                key = f"what_if_page.reason.{row.reason}"
                reason = self.t(key) if has(key, self.language) else row.reason
                reason = reason or self.t("what_if_page.tornado.reason_unknown")
                what = charts.path_name(row.path, self.language)
                out.append(self.t("what_if_page.tornado.failed", what=what, reason=reason))
        return out

    def _promotable(self) -> list[pd.DataFrame]:
        """The criteria each account outside A misses, an account a frame: what all can be reached first, few first."""
        frame = self.frame("promotion")
        groups = [one for _, one in frame.groupby("account_id", sort=True)] if len(frame) else []
        return sorted(groups, key=lambda one: (not one["reachable"].all(), len(one), one["gap"].isna().any()))

    def promotions(self) -> list[dict[str, Any]]:
        """What would have to change for an account to be A: at most six accounts."""
        out = []
        for group in self._promotable()[:_PROMOTED]:
            first = group.iloc[0]
            chance = group["chance_next_week"].dropna()
            out.append({
                "account": self.account(first.account_id), "tier": first.tier,
                "lacks": [self._lack(row) for row in group.itertuples(index=False)],
                "chance": whole(chance.iloc[0]) + "%" if len(chance) and len(group) == 1 else "—",
            })  # fmt: skip
        return out

    def more_promotions(self) -> int:
        """How many accounts outside A are not listed."""
        return max(0, len(self._promotable()) - _PROMOTED)

    def _lack(self, row: Any) -> str:
        unknown = f"what_if_page.promotion.unknown_{row.criterion}"
        if missing(row.now) and has(unknown, self.language):
            return self.t(unknown)
        return self.t(f"what_if_page.promotion.{row.criterion}", now=row.now, needed=row.needed)

    def has_team(self) -> bool:
        """Has any deal closed with a stated probability?"""
        frame = self.frame("reliability")
        return bool(len(frame)) and bool((frame["rep_id"] == "").any())

    def reps(self) -> list[dict[str, Any]]:
        """Each rep's deals, what was stated of them and what was won; `few` where no range has enough to judge."""
        frame, out = self.frame("reliability"), []
        for rep, group in frame[frame["rep_id"] != ""].groupby("rep_id", sort=True) if len(frame) else ():
            n, won = int(group["n"].sum()), int(group["won"].sum())
            low, high = wilson(won, n)
            out.append({
                "rep": self.rep(rep), "n": n, "stated": whole((group["stated"] * group["n"]).sum() / n),
                "won": whole(won / n), "interval": f"{whole(low)}–{whole(high)}",
                "few": bool((group["state"] == CANNOT_JUDGE).all()),
            })  # fmt: skip
        return out

    def tier_changes(self) -> list[Any]:
        """The accounts that calibrated probabilities would put into another tier."""
        frame = self.frame("calibrated_tiers")
        return list(frame[frame["tier"] != frame["calibrated_tier"]].itertuples(index=False)) if len(frame) else []

    def crowding(self) -> str:
        """How many stand just above and just below each line, in a sentence."""
        parts = []
        for row in self.rows("bunching"):
            kind = {"warning": "line_warning", CANNOT_JUDGE: "line_cannot"}.get(row.state, "line")
            facts = {"line": str(row.line).upper(), "above": int(row.above), "below": int(row.below)}
            parts.append(self.t(f"what_if_page.calibrated.{kind}", chance=row.chance, **facts))
        joined = self.t("page.list_join").join(parts)
        return self.t("what_if_page.calibrated.bunching", parts=joined) if parts else ""

    def subject(self, line: Any) -> str:
        """Whom or what a decision is about: an account by name, or a parameter."""
        if self.words(line.account_id):
            return self.account(line.account_id)
        return charts.path_name(line.parameter, self.language) if self.words(line.parameter) else ""
