"""Reads perf's report: which part is the kernel, compiled Java, and native code, and which symbols lead."""

import re

_LINE = re.compile(r"^\s*([\d.]+)%\s+(\S.*?)\s{2,}\[([.k])\]\s+(.*?)\s*$")


def parse(text):
    """[(percent, object, is_kernel, symbol)] of `perf report --sort dso,sym --stdio`."""
    found = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            found.append((float(match.group(1)), match.group(2), match.group(3) == "k", match.group(4)))
    return found


def part(entry):
    """kernel, java or the name of the native library."""
    _, shared_object, is_kernel, symbol = entry
    if is_kernel:
        return "kernel"
    if shared_object == "[JIT]" or re.match(r"(jitted-)?\d+\.(so|dump)|perf-\d+\.map|\[JIT\]", shared_object):
        return "java interpreter and stubs" if re.match(r"Interpreter|StubRoutines|.*[Bb]lob", symbol) else "java"
    return shared_object


def summarize(text, lines):
    """A table by part, and the leading symbols with their part."""
    entries = parse(text)
    parts = {}
    for entry in entries:
        parts[part(entry)] = parts.get(part(entry), 0) + entry[0]
    output = ["| part | % of samples |", "|---|--:|"]
    output += [f"| {name} | {share:.1f} |" for name, share in sorted(parts.items(), key=lambda item: -item[1])]
    output += ["", "| % | part | symbol |", "|--:|---|---|"]
    output += [f"| {entry[0]:.2f} | {part(entry)} | {entry[3]} |"
               for entry in sorted(entries, key=lambda entry: -entry[0])[:lines]]
    return "\n".join(output)
