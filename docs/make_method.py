"""Writes docs/method.md from the rules: rule -> formula -> parameters -> file -> test. Run by `make docs`."""

import ast
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from toolkit.base.settings import Setting  # noqa: E402
from toolkit.parameters import ITEM_SETTINGS, SETTINGS, explanation, unit_of  # noqa: E402
from toolkit.publish.parameter_file import shown  # noqa: E402


class Rule(NamedTuple):
    """A rule that is there: numbers, names, its modules under toolkit/, and its parameters' paths."""

    number: str
    zh: str
    en: str
    modules: tuple[str, ...]
    paths: tuple[str, ...] = ()


RULES = (
    Rule(
        "S1, S2", "客户分级与周五重新分级", "Tiers and Friday re-tiering", ("method/tiering",), ("tiers", "retiering")
    ),
    Rule("S1, M2", "客户价值指数与战略权重分", "Value index and strategic weight", ("method/scoring",), ("scores",)),
    Rule(
        "S2",
        "申报成交概率的可信度",
        "Can stated win probabilities be believed",
        ("method/stated_probability",),
        ("stated_probability",),
    ),
    Rule("S3", "降级与新兴机会", "Demotion and emerging accounts", ("method/demotion",), ("demotion", "emerging")),
    Rule(
        "S4, S5",
        "三个必破行业与五个战略客户",
        "Must-win industries and strategic accounts",
        ("method/roadmap",),
        ("roadmap",),
    ),
    Rule(
        "S6",
        "资源分配 70/30",
        "Allocation 70/30",
        ("method/allocation", "base/apportion"),
        ("allocation", "resources"),
    ),
    Rule("S6", "资源实投与计划", "Actual against plan", ("method/spend",)),
    Rule("S7", "战役看板", "Campaign board", ("method/campaigns", "widgets/board"), ("campaigns",)),
    Rule("S8", "聚焦 80/20", "Focus 80/20", ("method/focus",), ("focus",)),
    Rule("S9", "战略耐性", "Patience", ("method/patience",), ("patience",)),
    Rule(
        "E4, E5, F4",
        "权限矩阵、越权与申请时限",
        "Authority matrix, oversteps, request clocks",
        ("method/requests", "base/clock"),
        ("authority", "overstep", "request_clock"),
    ),
    Rule("M1, M2, M3", "每日三项指标", "The three daily indicators", ("method/indicators",), ("indicators",)),
    Rule("M4", "红色警报", "Red alert", ("method/red_alert",), ("red_alert",)),
    Rule("M5", "黄色警报", "Yellow alert", ("method/yellow_alert",), ("yellow_alert",)),
    Rule(
        "M6",
        "定位抽查",
        "GPS spot check",
        ("method/spot_check", "base/keyed_draw", "base/coordinates"),
        ("spot_check",),
    ),
    Rule("M7", "客户回访", "Customer callbacks", ("method/callbacks", "base/keyed_draw"), ("callbacks",)),
    Rule("M8", "竞品交叉核对", "Competitor cross-check", ("method/competitor_check",), ("competitor_check",)),
    Rule("M9", "日报必填与 SPICED", "Daily report and SPICED", ("method/daily_reports",)),
    Rule("M10", "日报改进指令", "Directives", ("method/directives", "base/keyed_draw"), ("directives",)),
    Rule("M11", "专项训练的触发", "Training trigger", ("method/training",), ("training",)),
    Rule("M12", "数据可信度与矛盾清单", "Credibility and contradictions", ("method/credibility",), ("credibility",)),
    Rule("E1", "作战模板", "Playbooks", ("method/playbooks", "base/wilson"), ("playbooks",)),
    Rule(
        "E2, E3",
        "攻防演练与三棱镜复盘",
        "Monday drill, Thursday review",
        ("method/drill", "method/drill_cards"),
        ("drill",),
    ),
    Rule("F1", "决策链图：断点与引荐", "Decision chains: breakpoints, introductions", ("method/chain_graph",)),
    Rule("F2", "高层人事变动", "Executive moves", ("method/executive_moves",)),
    Rule("F3", "3年ROI测算模型", "Three-year ROI model", ("method/roi",), ("roi",)),
    Rule("F3", "技术风险防控白皮书", "Technical risk white paper", ("method/risk_register",), ("risk_register",)),
    Rule("F6", "无损复盘会", "Blame-free loss review", ("method/loss_review",), ("loss_review",)),
    Rule("F5", "抗压阶梯", "Resilience ladder", ("method/resilience",), ("resilience",)),
    Rule("F7", "段位", "Ranks", ("method/ranks",), ("ranks",)),
    Rule("D3", "能力缺口", "Capability gaps", ("method/capability", "base/wilson"), ("capability",)),
    Rule("D1, D2, D3", "自检清单", "Self-checks", ("method/self_checks",), ("self_check",)),
    Rule("S2", "预测与结果", "Forecast against outcome", ("method/forecast_record", "base/wins")),
    Rule("D2", "每周淘汰名单", "The weekly cut list", ("method/discipline",), ("discipline",)),
    Rule(
        "F1",
        "决策链覆盖率（供价值指数使用）",
        "Coverage of a decision chain, for the value index",
        ("method/decision_chain",),
    ),
    Rule("–", "目标与在手", "The quarter's pipeline", ("method/pipeline",)),
    Rule("–", "工作日历", "Working days", ("base/workdays",)),
    Rule("–", "战情会报告", "The review itself", ("reports/review",), ("report", "timezone")),
    Rule("–", "推演：情景", "What if: scenarios", ("whatif/scenario",)),
    Rule("–", "推演：回放", "What if: replay", ("whatif/replay", "whatif/log"), ("whatif",)),
    Rule("–", "推演：警报质量与调校", "What if: alert quality, tuner", ("whatif/alert_quality", "whatif/tuner")),
    Rule(
        "–",
        "推演：前瞻模拟",
        "What if: forward simulation",
        ("whatif/simulate", "whatif/policy", "whatif/draws", "whatif/forecast"),
        ("dynamics",),
    ),
    Rule("–", "推演：拟合与留出检验", "What if: fit and hold-out", ("whatif/fit", "whatif/start", "whatif/holdout")),
    Rule("S6", "推演：规则的代价", "What if: the price of the rule", ("whatif/price", "whatif/responses")),
    Rule(
        "S1",
        "推演：敏感度、升级还差什么",
        "What if: sensitivity, what is missing to be A",
        ("whatif/sensitivity", "whatif/promotion"),
    ),
    Rule("S2", "推演：校准后的成交概率", "What if: calibrated probability", ("whatif/calibrated",)),
)


def text() -> str:
    """The page."""
    lines = [
        "# 方法与程序的对应 / From the method to the program",
        "",
        "由 `make docs` 从规则模块生成，请勿手改。每条规则：公式与解释、参数、所在文件、检验它的测试。",
        "",
        "Made from the rule modules by `make docs`; not edited by hand. Each rule: formula and readings, parameters,",
        "file, and the test that holds it.",
        "",
        "| 规则 / rule | | 文件 / file | 测试 / test |",
        "|---|---|---|---|",
    ]
    for rule in RULES:
        name = f"[{rule.number}](#{_anchor(rule)})"
        lines.append(f"| {name} | {rule.zh} · {rule.en} | {_links(_files(rule))} | {_links(_tests(rule))} |")
    for rule in RULES:
        lines += _chapter(rule)
    return "\n".join(lines) + "\n"


def _chapter(rule: Rule) -> list[str]:
    lines = ["", f'<a id="{_anchor(rule)}"></a>', "", f"## {rule.number} {rule.zh} · {rule.en}", ""]
    lines.append(f"文件 / file: {_links(_files(rule))} · 测试 / test: {_links(_tests(rule))}")
    for module in rule.modules:
        lines += ["", "```text", _docstring(module), "```"]
    settings = [s for s in (*SETTINGS, *ITEM_SETTINGS) if s.path.split(".")[0] in rule.paths]
    if settings:
        lines += ["", "| 参数 / parameter | 默认 / default | 单位 / unit | 范围 / range | |", "|---|---|---|---|---|"]
        lines += [_row(s) for s in settings]
    return lines


def _row(known: Setting) -> str:
    default = "; ".join(shown(i) for i in known.default) if _is_list(known) else shown(known.default)
    what = f"{explanation(known.path, 'zh')} · {explanation(known.path, 'en')}"
    unit = unit_of(known, "en")
    cells = (f"`{known.path}`", f"`{default}`", unit, f"`{known.range}`" if known.range else "", what)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _is_list(known: Setting) -> bool:
    return any(item.path.startswith(f"{known.path}.*.") for item in ITEM_SETTINGS)


def _files(rule: Rule) -> list[Path]:
    return [_module(name) for name in rule.modules]


def _module(name: str) -> Path:
    folder = ROOT / "toolkit" / name
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


def _tests(rule: Rule) -> list[Path]:
    found = []
    for name in rule.modules:
        room, _, module = name.partition("/")
        found += sorted((ROOT / "tests" / room).glob(f"test_{module}*.py"))
    return found


def _docstring(name: str) -> str:
    return (ast.get_docstring(ast.parse(_module(name).read_text("utf-8"))) or "").strip()


def _links(files: list[Path]) -> str:
    names = [file.relative_to(ROOT).as_posix() for file in files]
    return "<br>".join(f"[{name}](../{name})" for name in names)


def _anchor(rule: Rule) -> str:
    return rule.modules[0].replace("/", "-").replace("_", "-")


if __name__ == "__main__":
    (ROOT / "docs" / "method.md").write_text(text(), "utf-8", newline="\n")
