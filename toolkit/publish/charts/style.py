"""What every chart stands on: colours, text, the pixel canvas, and one SVG for light, dark and print.

Charts are drawn in pixels (72 dpi: 1 pt = 1 px) with a `Palette`. Drawn in the palette `VARIABLES`, whose colours are
sentinels, and exported by `svg()`, a chart takes its colours from the page's CSS variables, and its type from the
page's font: text stays text. Drawn in `LIGHT` or `DARK`, it is an ordinary matplotlib figure.
"""

import hashlib
import io
import re
import unicodedata
import warnings
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Final

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

FAMILY: Final = "Noto Sans CJK SC"
_FALLBACK: Final = "KAT rare characters"
_DRAWING: Final = {"svg.fonttype": "none", "svg.hashsalt": "kat", "hatch.linewidth": 1.0, "path.simplify": False}


@dataclass(frozen=True)
class Palette:
    """The colours of a chart and of the page, by role; A, B, C are the tiers, onA … the letters on their chips."""

    page: str
    card: str
    ink: str
    muted: str
    line: str
    ghost: str
    A: str
    B: str
    C: str
    onA: str
    onB: str
    onC: str
    red: str
    redtx: str
    redbg: str
    redline: str
    yel: str
    yeltx: str
    yelbg: str
    yelline: str

    def tier(self, letter: str) -> str:
        """The colour of a tier; muted where there is none (the reserve)."""
        return str(getattr(self, letter)) if letter in ("A", "B", "C") else self.muted

    def on(self, letter: str) -> str:
        """The colour of the letter on a tier's chip."""
        return str(getattr(self, f"on{letter}"))


LIGHT: Final = Palette(
    page="#F5F7FA", card="#FFFFFF", ink="#1B2430", muted="#5B6675", line="#D9DFE7", ghost="#E6EBF1",
    A="#0F2F57", B="#2B74C0", C="#7A90A8", onA="#FFFFFF", onB="#FFFFFF", onC="#46586C",
    red="#C8321F", redtx="#A82315", redbg="#FBE9E6", redline="#EBB5AE",
    yel="#C47E00", yeltx="#7A5200", yelbg="#FCF3DC", yelline="#E8CA8F",
)  # fmt: skip
DARK: Final = Palette(
    page="#11161D", card="#1A212B", ink="#E8EDF3", muted="#9AA7B6", line="#2B3542", ghost="#28313D",
    A="#E3EEFC", B="#5EA1EA", C="#64788F", onA="#0F1B2A", onB="#0B1622", onC="#B4C1CF",
    red="#F4624D", redtx="#FF8A78", redbg="#3A1D1A", redline="#7B352C",
    yel="#FFD166", yeltx="#FFD166", yelbg="#352B12", yelline="#7C6530",
)  # fmt: skip
VARIABLES: Final = Palette(**{f.name: f"#0102{i:02x}" for i, f in enumerate(fields(Palette), start=1)})


@dataclass(frozen=True)
class Look:
    """How a chart is drawn: language, colours, size (l wide page, m tablet, s phone)."""

    language: str = "zh"
    colours: Palette = LIGHT
    size: str = "l"

    @property
    def narrow(self) -> bool:
        """True on the phone."""
        return self.size == "s"


def variables(palette: Palette) -> str:
    """The palette as CSS declarations.

    Examples
    --------
    >>> variables(LIGHT)[:29]
    '--page:#F5F7FA;--card:#FFFFFF'
    """
    return ";".join(f"--{name}:{value}" for name, value in asdict(palette).items())


@cache
def register_fonts() -> tuple[str, ...]:
    """Make the shipped Chinese font known to matplotlib, once; the families to ask for, best first.

    The bold cut holds the common characters only; a rarer one falls back to the regular cut.
    """
    manager, folder = font_manager.fontManager, files("toolkit.publish").joinpath("fonts")
    regular = str(folder.joinpath("NotoSansCJKsc-Regular-kat.otf"))
    manager.addfont(regular)
    manager.addfont(str(folder.joinpath("NotoSansCJKsc-Bold-kat.otf")))
    for weight in (400, 700):
        manager.ttflist.append(font_manager.FontEntry(fname=regular, name=_FALLBACK, weight=weight))
    return (FAMILY, _FALLBACK)


def canvas(ax: Axes) -> tuple[float, float]:
    """Make `ax` a canvas in pixels, origin at the top left, without frame; its width and height."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    box, (wide, high) = ax.get_position(), figure.get_size_inches()
    width, height = float(box.width * wide * 72), float(box.height * high * 72)
    ax.set(xlim=(0, width), ylim=(height, 0), xticks=[], yticks=[])
    ax.patch.set_visible(False)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return width, height


def blank(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure of that many pixels and its one axes, which fills it."""
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    return figure, figure.add_axes((0, 0, 1, 1))


def text(
    ax: Axes, x: float, y: float, words: str, colour: str, *, ha: str = "left", bold: bool = False, size: float = 12
) -> None:
    """Words at a pixel, centred on the line; never read as a formula."""
    ax.text(
        x, y, words, color=colour, ha=ha, va="center_baseline", fontsize=size, parse_math=False,
        fontfamily=list(register_fonts()), fontweight="bold" if bold else "normal", clip_on=False,
    )  # fmt: skip


def chip(ax: Axes, x: float, y: float, tier: str, colours: Palette, *, size: float = 16) -> None:
    """A tier's letter on its square (centre at x, y); C is outlined, so that the letter shows without colour."""
    edge = colours.tier(tier)
    half = size / 2 - 0.75
    ax.add_patch(
        FancyBboxPatch(
            (x - half, y - half), 2 * half, 2 * half, boxstyle="round,pad=0,rounding_size=3",
            facecolor="none" if tier == "C" else edge, edgecolor=edge, linewidth=1.25,
        )
    )  # fmt: skip
    text(ax, x, y, tier, colours.on(tier), ha="center", bold=True, size=11)


def text_width(words: str, size: float = 12) -> float:
    """About how many pixels words take: an estimate, since every reader's font differs; on the safe side.

    Examples
    --------
    >>> text_width("中原重工"), round(text_width("Zhongyuan"), 1)
    (48.0, 59.8)
    """
    return sum(_em(letter) for letter in words) * size


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in " .,:;'|!il":
        return 0.3
    return 0.66 if letter.isupper() or letter in "mw%" else 0.54


def fit(words: str, width: float, size: float = 12) -> str:
    """Words cut to a width with an ellipsis; whole where they fit.

    Examples
    --------
    >>> fit("中原重工", 60), fit("中原重工机械集团", 60)
    ('中原重工', '中原重工…')
    """
    if text_width(words, size) <= width:
        return words
    room, kept = width - size, ""
    for letter in words:
        if text_width(kept + letter, size) > room:
            break
        kept += letter
    return kept.rstrip() + "…"


def lines(words: str, width: float, size: float = 12) -> list[str]:
    """Words broken into lines of a width: at spaces, in Chinese between any two characters but before punctuation.

    Examples
    --------
    >>> lines("a long title of words", 80), lines("资源效能比连降，", 72)
    (['a long title of', 'words'], ['资源效能比连', '降，'])
    """
    pieces = re.findall(r"[⺀-鿿＀-￯][，。；：？！、）」]*|[^\s⺀-鿿＀-￯]+\s*|\s+", words)
    out = [""]
    for piece in pieces:
        if out[-1] and text_width((out[-1] + piece).rstrip(), size) > width:
            out.append("")
        out[-1] += piece
    return [line.strip() for line in out]


def svg(figure: Figure, title: str, description: str, classes: str) -> Markup:
    """The figure (drawn in VARIABLES) as inline SVG: colours are CSS variables, text is text, ids are its own."""
    buffer = io.BytesIO()
    with mpl.rc_context(_DRAWING), warnings.catch_warnings():  # type: ignore[arg-type]
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(
            buffer, format="svg", transparent=True,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )  # fmt: skip
    drawing = _slim(buffer.getvalue().decode())
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing).groups()  # type: ignore[union-attr]
    key = f"{title}\0{description}\0{classes}\0{drawing}"
    prefix = "c" + hashlib.sha256(key.encode()).hexdigest()[:10] + "-"
    drawing = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}\1"', drawing)
    drawing = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}\1"', drawing)
    drawing = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}\1)", drawing)
    head = (
        f'<svg class="ch {classes}" viewBox="0 0 {width} {height}" style="--w:{float(width):.0f}px" role="img" '
        f'aria-labelledby="{prefix}t {prefix}d" xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink"><title id="{prefix}t">{escape(title)}</title>'
        f'<desc id="{prefix}d">{escape(description)}</desc>'
    )
    return Markup(re.sub(r"<svg[^>]*>", lambda _: head, drawing, count=1))


def _slim(drawing: str) -> str:
    """matplotlib's SVG without its preamble and fonts, with CSS variables for colours and two decimals."""
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.S)
    drawing = re.sub(r"<!--.*?-->", "", drawing, flags=re.S)
    drawing = re.sub(r'<g id="(?:figure|axes|patch|line2d|text|PathCollection|LineCollection)[^"]*">', "<g>", drawing)
    drawing = re.sub(
        r"font: (?:(\d+|bold) )?([\d.]+)px [^;\"]+",
        lambda m: (f"font-weight: {m[1]}; " if m[1] else "") + f"font-size: {m[2]}px",
        drawing,
    )
    drawing = re.sub(r"font-family: [^;\"]+;? ?", "", drawing)
    drawing = re.sub(r"font-weight: (?:bold|700)", "font-weight: 600", drawing)
    for name, sentinel in asdict(VARIABLES).items():
        drawing = re.sub(rf'(fill|stroke)="{sentinel}"', rf'style="\1: var(--{name})"', drawing)
        drawing = drawing.replace(sentinel, f"var(--{name})")
    drawing = re.sub(r"\n\s*", "\n", drawing)
    return re.sub(r"(\d+\.\d{2})\d+", r"\1", drawing)


def label_rows(spans: list[tuple[float, float]], rows: int) -> list[int | None]:
    """The row of each label so that none touch, first come first served; None where there is no room.

    Examples
    --------
    >>> label_rows([(0, 50), (40, 90), (45, 80)], rows=2)
    [0, 1, None]
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(rows)]
    out: list[int | None] = []
    for left, right in spans:
        free = (k for k in range(rows) if all(right <= a or left >= b for a, b in taken[k]))
        row = next(free, None)
        if row is not None:
            taken[row].append((left, right))
        out.append(row)
    return out


def name_of(names: Any, key: Any) -> str:
    """What an id is called; the id itself where it has no name."""
    return str(names.get(key, key))
