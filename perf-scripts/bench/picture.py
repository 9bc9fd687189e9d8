"""Pictures of the results as SVG: stacked bars of CPU time, and latency percentiles on a logarithmic axis."""

import math
from xml.sax.saxutils import escape

from bench.workloads import WORKLOADS

WIDTH = 760
LEFT = 150
RIGHT = 120
ROW = 26
BAR = 16
TOP = 62
USER, SYSTEM = "#2f6fb0", "#a9c7e6"
OWN_USER, OWN_SYSTEM = "#c2571a", "#f0bf9b"
PERCENTILE_COLORS = {"p50": "#a9c7e6", "p99": "#5e97cc", "p99.9": "#1f4e80"}


def nice_step(highest, steps=5):
    """A round distance between axis marks (1, 2 or 5 times a power of ten)."""
    if highest <= 0:
        return 1
    raw = highest / steps
    power = 10 ** math.floor(math.log10(raw))
    for factor in (1, 2, 5, 10):
        if raw <= factor * power:
            return factor * power
    return 10 * power


def _text(x, y, text, anchor="start", size=12, weight="normal", color="#222"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" '
            f'fill="{color}">{escape(text)}</text>')


def _box(x, y, width, height, color):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" fill="{color}"/>'


def _line(x, top, bottom):
    return f'<line x1="{x:.1f}" y1="{top:.1f}" x2="{x:.1f}" y2="{bottom:.1f}" stroke="#ddd"/>'


def _frame(height, title, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, {chr(34): "&quot;"})}" '
            f'font-family="system-ui, sans-serif">\n' + _box(0, 0, WIDTH, height, "#fff") + "\n"
            + _text(16, 24, title, size=15, weight="bold") + "\n" + "\n".join(body) + "\n</svg>\n")


def _legend(entries, y):
    x = LEFT
    parts = []
    for color, label in entries:
        parts += [_box(x, y - 10, 12, 12, color), _text(x + 17, y, label)]
        x += 32 + 7 * len(label)
    return parts


def cpu_bars(title, unit, rows, own):
    """Horizontal bars, user and system time stacked, cheapest first; the labels in `own` have their own colour."""
    ordered = sorted(rows.items(), key=lambda item: item[1]["total_us"])
    highest = max(row["total_us"] for row in rows.values())
    scale = (WIDTH - LEFT - RIGHT) / highest
    bottom = TOP + ROW * len(ordered)
    body = _legend([(USER, "user"), (SYSTEM, "system")], 46)
    step = nice_step(highest)
    for mark in range(int(highest / step) + 1):
        x = LEFT + mark * step * scale
        body += [_line(x, TOP - 6, bottom), _text(x, bottom + 15, f"{mark * step:g}", "middle", 11, color="#666")]
    for index, (label, row) in enumerate(ordered):
        y = TOP + index * ROW
        colors = (OWN_USER, OWN_SYSTEM) if label in own else (USER, SYSTEM)
        user, system = row["user_us"] * scale, row["system_us"] * scale
        body += [_text(LEFT - 8, y + 13, label, "end", weight="bold" if label in own else "normal"),
                 _box(LEFT, y, user, BAR, colors[0]), _box(LEFT + user, y, system, BAR, colors[1]),
                 _text(LEFT + user + system + 6, y + 13, _short(row["total_us"]))]
    body.append(_text(LEFT, bottom + 33, f"CPU microseconds per {unit}, one proxy core, median of rounds", size=11,
                      color="#666"))
    return _frame(bottom + 46, title, body)


def latency_dots(title, rows, own):
    """A line per proxy with a dot per percentile, logarithmic axis, best tail first."""
    shown = {label: row["latency_us"] for label, row in rows.items() if row["latency_us"].get("p99.9")}
    if not shown:
        return None
    ordered = sorted(shown.items(), key=lambda item: item[1]["p99.9"])
    low = 10 ** math.floor(math.log10(max(1, min(values["p50"] for values in shown.values()))))
    high = 10 ** math.ceil(math.log10(max(values["p99.9"] for values in shown.values()) + 1))
    span = math.log10(high / low) or 1

    def place(value):
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log10(max(value, low) / low) / span

    bottom = TOP + ROW * len(ordered)
    body = _legend([(color, name) for name, color in PERCENTILE_COLORS.items()], 46)
    mark = low
    while mark <= high:
        body += [_line(place(mark), TOP - 6, bottom),
                 _text(place(mark), bottom + 15, _time(mark), "middle", 11, color="#666")]
        mark *= 10
    for index, (label, values) in enumerate(ordered):
        y = TOP + index * ROW + BAR / 2
        body.append(_text(LEFT - 8, y + 5, label, "end", weight="bold" if label in own else "normal"))
        body.append(f'<line x1="{place(values["p50"]):.1f}" y1="{y:.1f}" x2="{place(values["p99.9"]):.1f}" '
                    f'y2="{y:.1f}" stroke="{OWN_SYSTEM if label in own else "#ccc"}" stroke-width="3"/>')
        body += [f'<circle cx="{place(values[name]):.1f}" cy="{y:.1f}" r="5" fill="{color}"/>'
                 for name, color in PERCENTILE_COLORS.items()]
        body.append(_text(place(values["p99.9"]) + 9, y + 5, _time(values["p99.9"])))
    body.append(_text(LEFT, bottom + 33, "latency at the same fixed rate for all, median of rounds", size=11,
                      color="#666"))
    return _frame(bottom + 46, title, body)


def _short(value):
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _time(microseconds):
    if microseconds >= 1000:
        return f"{microseconds / 1000:.3g} ms"
    return f"{microseconds:.0f} us"


def draw(data):
    """{file name: SVG} of all workloads in a result."""
    own = {label for label, kind in data["kinds"].items() if kind == "ringway"}
    pictures = {}
    for name, rows in data["summary"].items():
        workload = WORKLOADS.get(name)
        title = workload.title if workload else name
        if workload and workload.paced:
            svg = latency_dots(title, rows, own)
        else:
            svg = cpu_bars(title, workload.unit if workload else "request", rows, own)
        if svg:
            pictures[name + ".svg"] = svg
    return pictures
