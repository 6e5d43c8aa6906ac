"""Plots as files: PNG, SVG, or an HTML page with the drawing and its numbers as a table. The only place that draws.

Drawn by matplotlib, networks laid out by networkx (the extra ``plot``), both imported when a plot is drawn. Colours are
those of Okabe and Ito (Color Universal Design, 2008), which people with any kind of colour vision tell apart; marks
differ, too. The same data gives the same SVG. Text in it is text.
"""

from __future__ import annotations

import html
import io
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.disk import writing
from kg.errors import CannotRun, UsageError
from kg.plotdata import Network, Overlap, Years

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
_MARKS = "osD^vP*X"
_GREY, _TEXT = "#999999", "#222222"
_MOST_SHARES = 40
"""Most bars in a plot of overlaps; the table has all."""
_SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "kg", "text.parse_math": False, "font.size": 10.0}

ENDINGS = (".png", ".svg", ".html")


def save(plot: Network | Years | Overlap, output: Path) -> None:
    """Draw into a file; its ending says the format.

    Raises the errors of `check`, and CannotRun where the file cannot be written.
    """
    check(output)
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(layout="constrained")
        _draw(plot, figure)
        figure.suptitle(plot.title, fontsize=13, fontweight="bold", color=_TEXT)
        figure.supxlabel(_folded(plot.evidence, int(figure.get_figwidth() * 12)), fontsize=9, color=_TEXT)
        drawn = io.BytesIO()
        if output.suffix == ".png":
            figure.savefig(drawn, format="png", dpi=150, metadata={"Title": plot.title, "Description": plot.evidence})
        else:
            about = {"Title": plot.title, "Description": plot.evidence, "Date": None, "Creator": "kg plot"}
            figure.savefig(drawn, format="svg", metadata=about)
    content = drawn.getvalue()
    if output.suffix == ".html":
        content = _page(plot, content.decode("utf-8")).encode("utf-8")
    with writing(output):
        output.write_bytes(content)


def check(output: Path) -> None:
    """Raise UsageError for a file whose ending is none of `ENDINGS`, CannotRun without the extra ``plot``."""
    if output.suffix not in ENDINGS:
        raise UsageError(f"{output}: the ending says the format: {', '.join(ENDINGS)}")
    try:
        import matplotlib  # noqa: F401 - that they are there is all that is asked
        import networkx  # noqa: F401
    except ImportError:
        raise CannotRun("plots need the extra: pip install 'pathway-figure-kg[plot]'") from None


def _draw(plot: Network | Years | Overlap, figure: Figure) -> None:
    if isinstance(plot, Network):
        _network(plot, figure)
    elif isinstance(plot, Years):
        _years(plot, figure)
    else:
        _overlap(plot, figure)


def _folded(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width))


def _bare(axes: Axes, *sides: str) -> None:
    for side in sides:
        axes.spines[side].set_visible(False)


def _network(plot: Network, figure: Figure) -> None:
    """Genes as dots with their counts, pairs as lines, wider for more figures; those with the gene itself in colour."""
    import networkx

    figure.set_size_inches(9, 8)
    axes = figure.subplots()
    axes.set_axis_off()
    graph = networkx.Graph()
    graph.add_nodes_from(plot.genes)
    for edge in plot.edges:
        graph.add_edge(edge.one, edge.other, weight=math.log1p(edge.figures))
    # The gene stays in the middle; where the others begin is always the same.
    others = [name for name in plot.genes if name != plot.gene]
    angles = [2 * math.pi * n / len(others) for n in range(len(others))]
    start = {name: (math.cos(a), math.sin(a)) for name, a in zip(others, angles, strict=True)} | {plot.gene: (0.0, 0.0)}
    distance = 2.5 / math.sqrt(len(graph))
    places = networkx.spring_layout(graph, k=distance, pos=start, fixed=[plot.gene], iterations=200, seed=1)
    most = max(edge.figures for edge in plot.edges)
    for edge in reversed(plot.edges):
        (x, y), (u, v) = places[edge.one], places[edge.other]
        with_gene = plot.gene in (edge.one, edge.other)
        colour = COLOURS[0] if with_gene else _GREY
        width = 0.3 + 6 * edge.figures / most
        axes.plot([x, u], [y, v], color=colour, linewidth=width, alpha=0.7 if with_gene else 0.25, zorder=1)
    for name, count in plot.genes.items():
        x, y = places[name]
        of_gene = name == plot.gene
        axes.scatter([x], [y], s=140 if of_gene else 60, color=COLOURS[1] if of_gene else COLOURS[0],
                     marker="s" if of_gene else "o", edgecolor="white", zorder=2)  # fmt: skip
        axes.annotate(
            f"{name} ({count:,})",
            (x, y),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            color=_TEXT,
            fontweight="bold" if of_gene else "normal",
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.75},
            zorder=3,
        )
    axes.margins(0.12)


def _years(plot: Years, figure: Figure) -> None:
    """A line a gene, each with a mark of its own."""
    from matplotlib.ticker import MaxNLocator

    figure.set_size_inches(9, 5)
    axes = figure.subplots()
    for i, (name, counts) in enumerate(plot.genes.items()):
        heights = [counts.get(year, 0) for year in plot.years]
        label = f"{name} ({sum(heights):,})"
        axes.plot(list(plot.years), heights, color=COLOURS[i], marker=_MARKS[i], markersize=5, label=label)
    axes.set_xlabel("year of the paper")
    axes.set_ylabel("figures")
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    _bare(axes, "top", "right")
    axes.legend(frameon=False)


def _overlap(plot: Overlap, figure: Figure) -> None:
    """An UpSet plot (Lex et al. 2014): bars for what exactly these lists share, dots for which, their sizes beside."""
    from matplotlib.ticker import MaxNLocator

    shares = plot.shares[:_MOST_SHARES]
    names = list(plot.lists)
    figure.set_size_inches(max(7.0, 3.5 + 0.35 * len(shares)), 4.5 + 0.3 * len(names))
    grid = figure.add_gridspec(
        2, 2, width_ratios=[1, 3], height_ratios=[max(2.0, 5 - 0.2 * len(names)), len(names) * 0.5]
    )
    bars = figure.add_subplot(grid[0, 1])
    dots = figure.add_subplot(grid[1, 1])
    sizes = figure.add_subplot(grid[1, 0])
    where = range(len(shares))
    drawn = bars.bar(where, [len(genes) for _, genes in shares], color=COLOURS[0], width=0.6)
    bars.bar_label(drawn, [f"{len(genes):,}" for _, genes in shares], fontsize=8, color=_TEXT)
    bars.set_ylabel("genes in these\nlists alone")
    bars.yaxis.set_major_locator(MaxNLocator(integer=True))
    bars.set_xticks([])
    _bare(bars, "top", "right", "bottom")
    for row in range(len(names)):
        dots.axhspan(row - 0.5, row + 0.5, color="#f2f2f2" if row % 2 == 0 else "white", zorder=0)
    for x, (of, _) in enumerate(shares):
        rows = [names.index(name) for name in of]
        dots.scatter([x] * len(names), range(len(names)), s=45, color="#d0d0d0", zorder=1)
        dots.scatter([x] * len(rows), rows, s=45, color=_TEXT, zorder=3)
        dots.plot([x, x], [min(rows), max(rows)], color=_TEXT, linewidth=2, zorder=2)
    dots.set_xlim(-0.5, len(shares) - 0.5)
    bars.set_xlim(-0.5, len(shares) - 0.5)
    dots.set_xticks([])
    dots.set_yticks(range(len(names)), names)
    dots.set_ylim(len(names) - 0.5, -0.5)
    _bare(dots, "top", "right", "bottom", "left")
    sizes.invert_xaxis()
    lengths = sizes.barh(range(len(names)), [len(plot.lists[name]) for name in names], color=COLOURS[1], height=0.6)
    sizes.bar_label(lengths, [f"{len(plot.lists[name]):,}" for name in names], fontsize=8, color=_TEXT, padding=2)
    sizes.set_ylim(len(names) - 0.5, -0.5)
    sizes.margins(x=0.3)
    sizes.set_xticks([])
    sizes.set_yticks([])
    sizes.set_xlabel("genes in the list")
    _bare(sizes, "top", "left", "bottom")
    if len(plot.shares) > len(shares):
        bars.set_title(f"the {len(shares)} largest of {len(plot.shares):,} shares", fontsize=9, color=_TEXT)


_CSS = """
body { font-family: system-ui, sans-serif; color: #222; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
"""


def _page(plot: Network | Years | Overlap, svg: str) -> str:
    """A page that needs nothing else: the drawing, and its numbers for whoever cannot see it or wants to copy them."""
    told: Callable[[object], str] = lambda value: html.escape(str(value))  # noqa: E731 - of one use, here
    head, rows = plot.table
    title = told(plot.title)
    drawing = svg[svg.index("<svg") :].replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
    body = "\n".join("<tr>" + "".join(f"<td>{told(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    notes = "".join(f"<li>{told(note)}</li>\n" for note in plot.notes)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{_CSS}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{told(plot.evidence)}</p>\n{drawing}\n"
        + (f"<h2>Notes</h2>\n<ul>\n{notes}</ul>\n" if notes else "")
        + "<h2>The numbers</h2>\n<table>\n<thead><tr>"
        + "".join(f'<th scope="col">{told(cell)}</th>' for cell in head)
        + f"</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</body>\n</html>\n"
    )
