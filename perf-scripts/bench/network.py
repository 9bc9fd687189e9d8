"""A network of the run's own, so that the settings of a measurement are not those of the machine."""

import ctypes
import errno
import fcntl
import glob
import os
import socket
import struct

from bench.rig import RigError

CONGESTION_CONTROLS = ("cubic", "bbr", "reno")
SETTING = "/proc/sys/net/ipv4/tcp_congestion_control"
COPIED = ("/proc/sys/net/ipv4/tcp_*", "/proc/sys/net/ipv4/ip_local_port_range", "/proc/sys/net/core/somaxconn")
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 1


def use_congestion_control(name):
    """
    Moves this process, and all that it starts from then on, into a new network namespace with a loopback interface,
    the machine's TCP settings and this congestion control. The namespace ends with its last process, however that one
    ends, and the machine keeps its settings. Needs root; RigError otherwise, or when the kernel lacks the algorithm.
    """
    settings = _settings()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise RigError("--congestion needs a network namespace, and to make one root: "
                       + os.strerror(ctypes.get_errno()))
    _bring_up("lo")
    for path, text in _settings().items():
        if path != SETTING and settings.get(path, text) != text:
            _write(path, settings[path])
    problem = _write(SETTING, name)
    if problem == errno.EPERM:
        raise RigError(f"the machine allows {name} only to root's own network; sysctl net.ipv4."
                       f"tcp_allowed_congestion_control lists what it allows, and {name} must be among them")
    if problem:
        raise RigError(f"the kernel does not have the congestion control {name}: {os.strerror(problem)}")


def _settings():
    found = {}
    for pattern in COPIED:
        for path in glob.glob(pattern):
            try:
                with open(path, encoding="ascii") as file:
                    found[path] = file.read().strip()
            except OSError:
                continue
    return found


def _write(path, text):
    """None, or the errno."""
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    except OSError as error:
        return error.errno
    return None


def _bring_up(interface):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", interface.encode(), 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", interface.encode(), flags | IFF_UP))
