"""Reads what a client got as an HTTP/1.1 answer: its status, and whether its own framing says that it is whole."""

import dataclasses
import re

WHOLE, CUT, OPEN = "whole", "cut", "open"


@dataclasses.dataclass(frozen=True)
class Answer:
    """
    The final answer of a GET or POST. `end` is WHOLE, CUT (fewer bytes than promised: the client knows) or OPEN (ends
    with the connection: nobody can know). `surplus` are bytes behind a whole answer.
    """
    status: str
    body: bytes
    end: str
    surplus: bytes = b""


def read(received):
    """The final answer in all bytes of a connection; None when there is no whole head."""
    head, separator, rest = received.partition(b"\r\n\r\n")
    if not separator or not head.startswith(b"HTTP/1."):
        return None
    status = head[9:12].decode("ascii", "replace")
    if status.startswith("1") and status != "101":
        return read(rest)
    if re.search(rb"(?im)^transfer-encoding: *chunked\r?$", head):
        return _chunked(status, rest)
    length = re.search(rb"(?im)^content-length: *(\d+)\r?$", head)
    if length is None:
        return Answer(status, rest, OPEN)
    count = int(length.group(1))
    return Answer(status, rest[:count], WHOLE if len(rest) >= count else CUT, rest[count:])


def _chunked(status, rest):
    body = b""
    while True:
        line, separator, rest = rest.partition(b"\r\n")
        if not separator:
            return Answer(status, body, CUT)
        size = int(line.partition(b";")[0], 16)
        if size == 0:
            break
        body += rest[:size]
        if len(rest) < size + 2:
            return Answer(status, body, CUT)
        rest = rest[size + 2:]
    while True:
        line, separator, rest = rest.partition(b"\r\n")
        if not separator:
            return Answer(status, body, CUT)
        if not line:
            return Answer(status, body, WHOLE, rest)
