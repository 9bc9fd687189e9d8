"""Turns samples into medians, tables and a result file."""

import json

from bench import numbers, peers
from bench.workloads import WORKLOADS

FIGURES = ("user_us", "system_us", "total_us", "per_second", "core_share", "foreign_share", "load_core_share",
           "resident_bytes")
LATENCIES = ("p50", "p99", "p99.9", "max")


def summarize(samples, kinds):
    """
    {workload: {peer: medians}}. `samples` are dictionaries; `kinds` maps a peer's label to its kind's name. Each row
    has the medians, the spread of the total, the ratio to the better of the references (nginx, HAProxy), to the best
    other proxy, and to the lowest floor where one was measured.
    """
    summary = {}
    for sample in samples:
        summary.setdefault(sample["workload"], {}).setdefault(sample["peer"], []).append(sample)
    return {workload: _with_ratios({peer: _medians(rounds) for peer, rounds in rows.items()}, kinds)
            for workload, rows in summary.items()}


def _medians(rounds):
    row = {figure: numbers.median([sample[figure] for sample in rounds]) for figure in FIGURES}
    # Medians of parts need not add up to the median of the whole: the split is the median split of the median total.
    row["user_us"] = row["total_us"] * numbers.median([numbers.ratio(sample["user_us"], sample["total_us"]) or 0
                                                       for sample in rounds])
    row["system_us"] = row["total_us"] - row["user_us"]
    row["rounds"] = len(rounds)
    row["errors"] = sum(sample["errors"] for sample in rounds)
    row["spread"] = numbers.spread([sample["total_us"] for sample in rounds])
    row["latency_us"] = {name: numbers.median([sample["latency_us"][name] for sample in rounds
                                               if sample["latency_us"].get(name) is not None])
                         for name in LATENCIES if any(sample["latency_us"] for sample in rounds)}
    return row


def _with_ratios(rows, kinds):
    for label, row in rows.items():
        reference = [other["total_us"] for name, other in rows.items() if peers.KINDS[kinds[name]].reference]
        others = [other["total_us"] for name, other in rows.items()
                  if kinds[name] != kinds[label] and not peers.KINDS[kinds[name]].floor]
        floors = [other["total_us"] for name, other in rows.items() if peers.KINDS[kinds[name]].floor]
        row["to_reference"] = numbers.ratio(row["total_us"], min(reference, default=None))
        row["to_best_other"] = numbers.ratio(row["total_us"], min(others, default=None))
        row["to_floor"] = numbers.ratio(row["total_us"], min(floors, default=None))
    return rows


def _table(header, rows):
    widths = [max(len(line[column]) for line in [header] + rows) for column in range(len(header))]
    lines = []
    for line in [header] + rows:
        cells = [line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        lines.append("| " + " | ".join(cells) + " |")
        if line is header:
            lines.append("|" + "|".join("-" * (width + 1) + ("-" if column == 0 else ":")
                                        for column, width in enumerate(widths)) + "|")
    return "\n".join(lines)


def _number(value, form):
    return "-" if value is None else format(value, form)


def cpu_table(rows, unit):
    """Markdown: CPU time per unit."""
    header = ["proxy", "user us", "system us", "total us", "spread", "to nginx/HAProxy", "to best other", "to floor",
              f"{unit}s/s" if unit != "MiB" else "MiB/s", "core", "others",
              "load core", "errors"]
    lines = [[label, _number(row["user_us"], ".2f"), _number(row["system_us"], ".2f"), _number(row["total_us"], ".2f"),
              _number(row["spread"], ".0%"), _number(row["to_reference"], ".2f"), _number(row["to_best_other"], ".2f"),
              _number(row["to_floor"], ".2f"), _number(row["per_second"], ",.0f"), _number(row["core_share"], ".0%"),
              _number(row["foreign_share"], ".0%"), _number(row["load_core_share"], ".0%"), str(row["errors"])]
             for label, row in sorted(rows.items(), key=lambda item: item[1]["total_us"])]
    return _table(header, lines)


def latency_table(rows):
    """Markdown: latencies at the fixed rate, and what they cost."""
    header = ["proxy", "p50 us", "p99 us", "p99.9 us", "max us", "requests/s", "CPU us/request", "core", "others",
              "load core", "errors"]
    lines = [[label] + [_number(row["latency_us"].get(name), ",.0f") for name in LATENCIES]
             + [_number(row["per_second"], ",.0f"), _number(row["total_us"], ".2f"), _number(row["core_share"], ".0%"),
                _number(row["foreign_share"], ".0%"), _number(row["load_core_share"], ".0%"), str(row["errors"])]
             for label, row in sorted(rows.items(), key=lambda item: item[1]["latency_us"].get("p99.9") or 0)]
    return _table(header, lines)


def result(runner, facts, kinds):
    """All that is worth keeping, ready for JSON."""
    options = runner.options
    samples = [vars(sample) for sample in runner.samples]
    return {
        "host": facts,
        "options": vars(options),
        "versions": runner.versions,
        "duties": runner.described,
        "kinds": kinds,
        "absent": runner.absent,
        "failed": runner.failed,
        "samples": samples,
        "summary": summarize(samples, kinds),
    }


def text(data):
    """The report that a person reads."""
    host = data["host"]
    options = data["options"]
    parts = [f"{host['date']}, commit {host['commit']}, Linux {host['kernel']} {host['machine']}, {host['cpu']}, "
             f"{host['cores']} cores, congestion control {host['tcp_congestion_control']} "
             f"({'of this run' if host.get('own_network') else 'of the machine'}), load "
             f"{host['load_average'][0]:.1f} at the start. Proxy on core 0; load generator "
             f"and backend on core 1; loopback. Medians of {options['rounds']} interleaved rounds of "
             f"{options['seconds']:g} s. CPU time is that of the whole proxy, all its threads. Columns core, "
             f"others and load core: busy share of core 0 by the proxy, of core 0 by anything else, and of core 1."]
    parts += [f"{label}: {version}" for label, version in data["versions"].items()]
    for duty, sentences in data["duties"].items():
        parts += [f"\nDuties, {' to '.join(duty.rsplit('-', 1))}:"]
        parts += [f"  {label}: {sentence}" for label, sentence in sentences.items()]
    parts += [f"Left out: {label}: {reason}" for label, reason in data["absent"].items()]
    parts += [f"FAILED: {label}: {reason}" for label, reason in data["failed"].items()]
    for name, rows in data["summary"].items():
        workload = WORKLOADS.get(name)
        parts.append(f"\n### {name}: {workload.title if workload else name}\n")
        if workload and workload.paced:
            parts.append(f"{options['rate']:,.0f} requests/s asked of each.\n")
            parts.append(latency_table(rows))
        else:
            parts.append(cpu_table(rows, workload.unit if workload else "request"))
    return "\n".join(parts)


def save(path, data):
    """Writes the result file."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
        file.write("\n")
