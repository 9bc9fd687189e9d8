"""Runs a load generator against a proxy and reads what it says. Every tool returns a Load."""

import dataclasses
import json
import os
import re
import sys

from bench import numbers
from bench.rig import RigError

PERCENTILES = (50, 99, 99.9)
_UNITS = {"us": 1.0, "ms": 1e3, "s": 1e6, "m": 60e6, "h": 3600e6}


@dataclasses.dataclass
class Load:
    """`count` units were done in `seconds`; latencies in microseconds by percentile, when the tool gives them."""
    count: float
    seconds: float
    errors: int = 0
    latency_us: dict = dataclasses.field(default_factory=dict)
    error_kinds: str = ""


def _duration_us(text):
    match = re.fullmatch(r"([\d.]+)(us|ms|s|m|h)", text)
    if match is None:
        raise RigError(f"wrk printed a time that is not understood: {text!r}")
    return float(match.group(1)) * _UNITS[match.group(2)]


def parse_wrk(text):
    """Reads wrk's summary. Failed connections, time-outs and answers other than 2xx and 3xx are errors."""
    done = re.search(r"(\d+) requests in ([\d.]+(?:us|ms|s|m|h)),", text)
    if done is None:
        raise RigError(f"wrk printed no summary: {text[-300:]!r}")
    errors, kinds = 0, []
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    if sockets is not None:
        errors += sum(int(value) for value in sockets.groups())
        kinds.append(sockets.group(0))
    statuses = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    if statuses is not None:
        errors += int(statuses.group(1))
        kinds.append(statuses.group(0))
    return Load(int(done.group(1)), _duration_us(done.group(2)) / 1e6, errors, error_kinds="; ".join(kinds))


def parse_h2load(text, body_bytes=None):
    """
    Reads h2load's counts; the latencies come from its log. With `body_bytes` only answers of 2xx that have so many
    count, and others are errors: gRPC fails with 200 and an empty body. What comes of bodies in flight at the end, at
    most one per stream, can hide as many of those.
    """
    finished = re.search(r"finished in ([\d.]+(?:us|ms|s|m|h)),", text)
    requests = re.search(r"requests: (\d+) total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed, "
                         r"(\d+) errored, (\d+) timeout", text)
    if finished is None or requests is None:
        raise RigError(f"h2load printed no summary: {text[-300:]!r}")
    load = Load(int(requests.group(2)), _duration_us(finished.group(1)) / 1e6,
                int(requests.group(4)) + int(requests.group(6)))
    return load if body_bytes is None else _whole(load, int(requests.group(3)), body_bytes, text)


def _whole(load, succeeded, body_bytes, text):
    """The load reduced to successes of 2xx with a whole body."""
    statuses = re.search(r"status codes: (\d+) 2xx, (\d+) 3xx", text)
    traffic = re.search(r"traffic: .*, \S+ \((\d+)\) data", text)
    if statuses is None or traffic is None:
        raise RigError(f"h2load printed no status codes or no traffic: {text[-300:]!r}")
    answered = succeeded - int(statuses.group(2))
    count = min(answered, int(statuses.group(1)), int(traffic.group(1)) // body_bytes)
    kinds = f"{succeeded - count} successes of h2load without 2xx and a message" if count < succeeded else ""
    return dataclasses.replace(load, count=count, errors=load.errors + succeeded - count, error_kinds=kinds)


def parse_h2load_log(lines):
    """(start in us, latency in us) of each answered request."""
    for line in lines:
        start, status, latency = line.split("\t")[:3]
        if int(status) >= 0:
            yield int(start), int(latency)


def latencies(ordered):
    """Percentiles, by their names, of sorted latencies."""
    result = {f"p{percent:g}": numbers.percentile(ordered, percent) for percent in PERCENTILES}
    result["max"] = ordered[-1] if ordered else None
    return result


def wrk(rig, core, workload, port, seconds, _rate):
    """Closed loop: each connection sends the next request when it has the answer."""
    whole_seconds = max(1, round(seconds))
    command = ["wrk", "-t", "1", "-c", str(workload.connections), "-d", f"{whole_seconds}s", "--timeout", "10s"]
    for header in workload.headers:
        command += ["-H", header]
    scheme = "https" if workload.front.startswith("tls-") else "http"
    return parse_wrk(rig.run(command + [f"{scheme}://127.0.0.1:{port}{workload.path}"], core, seconds + 60))


def h2load(rig, core, workload, port, seconds, rate):
    """
    HTTP/2, or HTTP/1.1 of a workload without streams, in clear or on TLS 1.3 with AES-128-GCM. Closed loop; with a rate
    this is shared by the connections, and latencies are corrected for requests that a stall held back. What is
    sent with a body must be answered by one of the same length.
    """
    tls = workload.front.startswith("tls-")
    command = ["h2load", "-t", "1", "-c", str(workload.connections), "-D", f"{max(1, round(seconds))}"]
    command += ["-m", str(workload.streams)] if workload.streams else ["--h1"]
    command += ["--tls13-ciphers=TLS_AES_128_GCM_SHA256"] if tls else []
    for header in workload.headers:
        command += ["-H", header]
    command += ["-d", rig.write("h2load.body", workload.body)] if workload.body else []
    log, per_connection = rig.path("h2load.log"), rate / workload.connections
    if rate:
        if os.path.exists(log):
            os.unlink(log)
        command += [f"--rps={per_connection:.3f}", f"--log-file={log}"]
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}{workload.path}"
    load = parse_h2load(rig.run(command + [url], core, seconds + 60), len(workload.body) or None)
    if rate:
        with open(log, encoding="ascii") as file:
            load.latency_us = latencies(numbers.corrected([pair[1] for pair in parse_h2load_log(file)],
                                                          1e6 / per_connection))
    return load


def paced(rig, core, workload, port, seconds, rate):
    """Fixed rate over any idle connection; latency counts from the moment a request was due."""
    return parse_paced(rig.run([rig.build("paced"), str(port), workload.path, str(workload.connections), str(seconds),
                                str(rate)], core, seconds + 60))


def parse_paced(text):
    """Reads the line of paced.c. Requests still unanswered at the end show as a rate below the one asked for."""
    result = json.loads(text)
    return Load(result["answered"], result["seconds"], result["errors"],
                {name: result[name] for name in ("p50", "p99", "p99.9", "max")})


def tcp(rig, core, workload, port, seconds, _rate):
    """Bulk bytes; the count is in MiB."""
    client = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tcpclient.py")
    result = json.loads(rig.run([sys.executable, client, "127.0.0.1", str(port), workload.path,
                                 str(workload.connections), str(seconds)], core, seconds + 60))
    return Load(result["bytes"] / (1 << 20), result["seconds"], result["errors"])


TOOLS = {"wrk": wrk, "h2load": h2load, "paced": paced, "tcp": tcp}
