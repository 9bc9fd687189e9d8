"""
Clients that do harm on purpose: known floods of HTTP/2, and full TLS handshakes in numbers.

A flood is (opening, burst, bursts): what a connection says first, and what it says again and again until the server
ends it. Connections begin at a fixed rate, one behind the other, whatever became of those before.
"""

import contextlib
import socket
import ssl
import struct
import threading
import time

from bench import h2client
from bench.h2client import END_HEADERS, END_STREAM, HEADERS, PREFACE, RST_STREAM, SETTINGS, frame

CONTINUATION, PRIORITY, WINDOW_UPDATE, PING, DATA = 9, 2, 8, 6, 0
CANCEL = struct.pack(">I", 8)
BURST = 1000
# No attack, but as much work as one: what a client may ask for at once, and takes the answers.
HARMLESS = "100 requests at once (no attack)"
# Fields of a GET: method, scheme, path and authority. What it asks for is not where the neighbour goes.
PATH = "/other"
GET = b"\x82\x86\x04\x06" + PATH.encode("ascii") + b"\x01\x04test"
POST = b"\x83" + GET[1:]


def _streams(build, count=BURST):
    return b"".join(build(1 + 2 * index) for index in range(count))


def _zero_window(stream):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", 0))


def _crumbs():
    """A crumb of a cookie in the dynamic table, and 12,000 references to it: one cookie of many pieces."""
    return frame(HEADERS, END_STREAM, 1, GET + b"\x60\x01a") + frame(CONTINUATION, END_HEADERS, 1, b"\xbe" * 12000)


def _many_fields():
    """More fields than are allowed, all of different names."""
    fields = b"".join(b"\x00\x04%04d\x01v" % index for index in range(1500))
    return frame(HEADERS, END_STREAM | END_HEADERS, 1, GET + fields)


def _bomb():
    """A field of 4,000 bytes in the dynamic table, and 12,000 references to it, one byte each."""
    field = b"\x40\x01x\x7f" + bytes([0x80 | (4000 - 127) & 0x7f, (4000 - 127) >> 7]) + b"a" * 4000
    block = GET + field
    return frame(HEADERS, END_STREAM, 1, block) + frame(CONTINUATION, END_HEADERS, 1, b"\xbe" * 12000)


HUNDRED = _streams(lambda stream: frame(HEADERS, END_STREAM | END_HEADERS, stream, GET), 100)
# What each connection says: once, and then so often.
FLOODS = {
    "rapid reset": (b"", _streams(lambda stream: frame(HEADERS, END_STREAM | END_HEADERS, stream, GET) +
                                  frame(RST_STREAM, 0, stream, CANCEL)), 1),
    "resets that it provokes": (b"", _streams(lambda stream: frame(HEADERS, END_HEADERS, stream, POST) +
                                              _zero_window(stream)), 1),
    "CONTINUATION without end": (frame(HEADERS, END_STREAM, 1, GET), frame(CONTINUATION, 0, 1, b"") * BURST, 20),
    "bomb of references": (b"", _bomb(), 1),
    "crumbs of a cookie": (b"", _crumbs(), 1),
    "more fields than allowed": (b"", _many_fields(), 1),
    "more streams than allowed": (b"", _streams(lambda stream: frame(HEADERS, END_HEADERS, stream, POST)), 1),
    "empty HEADERS": (b"", _streams(lambda stream: frame(HEADERS, END_HEADERS, stream)), 1),
    "SETTINGS": (b"", frame(SETTINGS, 0, 0) * BURST, 20),
    "PING": (b"", frame(PING, 0, 0, bytes(8)) * BURST, 20),
    "empty DATA": (frame(HEADERS, END_HEADERS, 1, POST), frame(DATA, 0, 1) * BURST, 20),
    "PRIORITY": (b"", frame(PRIORITY, 0, 1, bytes([0, 0, 0, 3, 1])) * BURST, 20),
    "WINDOW_UPDATE": (frame(HEADERS, END_HEADERS, 1, POST),
                      frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", 1)) * BURST, 20),
    "no window for answers": (frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0)),
                              HUNDRED, 1),
    HARMLESS: (b"", HUNDRED, 1),
}
# These keep their connection open, because that is what they do harm with.
HOLDS = {"no window for answers", HARMLESS}
# Of these the stream ends, and the connection is nobody's harm.
STREAMS = {"bomb of references", "crumbs of a cookie", "more fields than allowed"}


class Attack:
    """Context manager: attacks from a thread of its own while it is entered."""

    def __init__(self, one, rate):
        self.one = one
        self.interval = 1 / rate
        self.begun = 0
        self.ended = threading.Event()
        self.held = []
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, kind, value, trace):
        self.ended.set()
        self.thread.join(30)
        for client in self.held:
            client.close()

    def _run(self):
        due = time.monotonic()
        while not self.ended.wait(max(0.0, due - time.monotonic())):
            # One that is late is not made up for: the machine, not the proxy, may be what is slow.
            due = max(due + self.interval, time.monotonic())
            self.begun += 1
            with contextlib.suppress(OSError):
                self.one(self.held)


def flood(port, name):
    """A function for Attack: one connection that floods, up to its end or the last of its bursts."""
    opening, burst, bursts = FLOODS[name]

    def one(held):
        client = socket.create_connection(("127.0.0.1", port), 5)
        client.settimeout(1)
        try:
            client.sendall(PREFACE + frame(SETTINGS, 0, 0) + opening)
            for _ in range(bursts):
                client.sendall(burst)
        finally:
            if name in HOLDS:
                held.append(client)
            else:
                client.close()

    return one


def handshake(port):
    """A function for Attack: one full handshake of TLS 1.3, and the end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])

    def one(_held):
        with socket.create_connection(("127.0.0.1", port), 5) as plain, context.wrap_socket(plain):
            pass

    return one


def ended(port, name):
    """
    Whether the server ends a connection that floods so, or its stream where one stream is all there is, within five
    seconds; True for those that hold theirs.
    """
    if name in HOLDS:
        return True
    opening, burst, bursts = FLOODS[name]
    with h2client.connect(port) as client:
        client.settimeout(5)
        try:
            client.sendall(PREFACE + frame(SETTINGS, 0, 0) + opening + burst * bursts)
            while True:
                kind, flags, stream, _ = h2client.read_frame(client)
                if name in STREAMS and stream == 1 and (kind == RST_STREAM or flags & END_STREAM):
                    return True
        except socket.timeout:
            return False
        except (ConnectionError, h2client.Http2Error):
            return True
