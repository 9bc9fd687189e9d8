"""What /proc tells about a process tree: CPU time, memory, descriptors. And about a core: how busy it was."""

import os
import re

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
JCMD_UNITS = {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


def parse_stat(text):
    """Fields of /proc/PID/stat that are used here: (ppid, user seconds, system seconds). The name may hold anything."""
    fields = text[text.rindex(")") + 2:].split()
    return int(fields[1]), int(fields[11]) / TICKS_PER_SECOND, int(fields[12]) / TICKS_PER_SECOND


def read_stat(pid):
    """parse_stat of a live process, or None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as file:
            return parse_stat(file.read())
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(pid):
    """The process and its descendants."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            stat = read_stat(int(name))
            if stat is not None:
                parents.setdefault(stat[0], []).append(int(name))
    members = []
    pending = [pid]
    while pending:
        member = pending.pop()
        members.append(member)
        pending.extend(parents.get(member, []))
    return members


def _scheduled_ns(pid):
    """Time on a CPU of all live threads in nanoseconds, from schedstat; None where the kernel lacks it."""
    total = 0
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            try:
                with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                    total += int(file.read().split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue
    except (FileNotFoundError, ProcessLookupError):
        return None
    return total


class CpuReading:
    """User and system seconds of a process tree at one moment. Ticks give the split, schedstat the finer total."""

    def __init__(self, user, system, scheduled):
        self.user = user
        self.system = system
        self.scheduled = scheduled

    @staticmethod
    def of(pids):
        """Reads now; raises ProcessLookupError when a member is gone, for then the sum would lie."""
        user = system = scheduled = 0.0
        for pid in pids:
            stat = read_stat(pid)
            if stat is None:
                raise ProcessLookupError(f"process {pid} has ended")
            user += stat[1]
            system += stat[2]
            ns = _scheduled_ns(pid)
            scheduled = None if ns is None or scheduled is None else scheduled + ns / 1e9
        return CpuReading(user, system, scheduled)

    def since(self, earlier):
        """
        (user, system) seconds between two readings. The ticks' sum is within 10 ms; where the threads' own clocks
        agree with it to 5 % (no thread ended in between), their finer sum replaces it and the ticks give the split.
        """
        user = self.user - earlier.user
        system = self.system - earlier.system
        total = user + system
        if self.scheduled is not None and earlier.scheduled is not None and total > 0:
            fine = self.scheduled - earlier.scheduled
            if abs(fine - total) <= max(0.05 * total, 2 / TICKS_PER_SECOND):
                return user * fine / total, system * fine / total
        return user, system


def parse_core(text, core):
    """(busy, all) seconds of a core since boot, out of /proc/stat."""
    for line in text.splitlines():
        fields = line.split()
        if fields and fields[0] == f"cpu{core}":
            values = [int(value) for value in fields[1:9]]
            idle = values[3] + values[4]
            return (sum(values) - idle) / TICKS_PER_SECOND, sum(values) / TICKS_PER_SECOND
    raise LookupError(f"/proc/stat names no cpu{core}")


def read_core(core):
    """parse_core now."""
    with open("/proc/stat", encoding="ascii") as file:
        return parse_core(file.read(), core)


def resident_bytes(pids):
    """Proportional share of resident memory of the processes, so that pages shared by master and worker count once."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                for line in file:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def rss_bytes(pids):
    """Resident set as ps and top show it, summed."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/status", encoding="latin-1") as file:
                for line in file:
                    if line.startswith("VmRSS:"):
                        total += int(line.split()[1]) * 1024
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def descriptors(pid):
    """Number of open descriptors, or None when the process is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except (FileNotFoundError, ProcessLookupError):
        return None


def allocated_bytes(text):
    """
    {name and number of a Java thread: bytes it allocated on the heap}, out of what jcmd PID Thread.print -e says, which
    is rounded to units above 10,000. The thread that serves jcmd itself is left out.
    """
    found = {}
    for name, number, count, unit in re.findall(r'^"(.+?)" #(\d+) .* allocated=(\d+)([BKMG]) ', text, re.MULTILINE):
        if name != "Attach Listener":
            found[f"{name} #{number}"] = int(count) * JCMD_UNITS[unit]
    return found
