"""Facts of the machine that belong beside every figure."""

import datetime
import os
import platform
import subprocess

from bench.rig import REPOSITORY


def _first(path, prefix):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith(prefix):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return "unknown"


def _whole(path):
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return "unknown"


def _output(command):
    try:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=20,
                                check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return result.stdout.strip() if result.returncode == 0 else "unknown"


def facts():
    """Kernel, processor, memory, load and commit."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "cpu": _first("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory": _first("/proc/meminfo", "MemTotal"),
        "tcp_congestion_control": _whole("/proc/sys/net/ipv4/tcp_congestion_control"),
        "load_average": list(os.getloadavg()),
        "commit": _output(["git", "-C", REPOSITORY, "describe", "--always", "--dirty", "--abbrev=10"]),
        "wrk": _wrk_version(),
        "h2load": _output(["h2load", "--version"]),
    }


def _wrk_version():
    try:
        result = subprocess.run(["wrk", "-v"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20,
                                check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return " ".join(result.stdout.split("\n", 1)[0].split()[:2])
