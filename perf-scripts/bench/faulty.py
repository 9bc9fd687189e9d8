#!/usr/bin/env python3
"""
An upstream that misbehaves on demand, and a TCP peer that echoes. Runs as a process of its own, so that it can be
killed and come back.

Usage: faulty.py HTTP_PORT TCP_PORT. The last part of an HTTP path names the behaviour (see BEHAVIOURS). The TCP peer
sends back what it gets and closes after the other side's half-close; a connection that begins with "RST" is reset.
"""

import socket
import struct
import sys
import threading
import time

BODY = b"y" * 3000
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3000\r\n\r\n"
PATIENCE_SECONDS = 20


class Gone(Exception):
    """The proxy closed the connection, or this side decided to end it."""


def reset(connection):
    """Closes with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Gone


def ok(connection):
    """A whole answer."""
    connection.sendall(HEAD + BODY)


def chunked(connection):
    """A chunked answer with a trailer, in small pieces."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(BODY), 750):
        piece = BODY[start:start + 750]
        connection.sendall(b"%x\r\n" % len(piece) + piece + b"\r\n")
        time.sleep(0.002)
    connection.sendall(b"0\r\nx-trailer: 1\r\n\r\n")


def until_close(connection):
    """An answer that ends with the connection."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + BODY)
    raise Gone


def interim(connection):
    """An early hint, then the answer."""
    connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HEAD + BODY)


def reset_in_head(connection):
    """Half a head, then RST."""
    connection.sendall(HEAD[:20])
    reset(connection)


def reset_in_body(connection):
    """Half a body, then RST."""
    connection.sendall(HEAD + BODY[:1500])
    time.sleep(0.01)
    reset(connection)


def close_in_body(connection):
    """A length that promises more than what comes."""
    connection.sendall(HEAD + BODY[:1500])
    raise Gone


def close_at_once(connection):
    """FIN instead of an answer."""
    raise Gone


def garbage(connection):
    """Not HTTP."""
    connection.sendall(b"\x00\x16\x03 nonsense\r\n\r\n" * 20)
    raise Gone


def surplus(connection):
    """More bytes than the length says: the connection must not serve another request."""
    connection.sendall(HEAD + BODY + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")


def slow(connection):
    """A body that trickles."""
    connection.sendall(HEAD)
    for start in range(0, len(BODY), 300):
        connection.sendall(BODY[start:start + 300])
        time.sleep(0.1)


def never(connection):
    """No answer; the proxy has to give up."""
    connection.settimeout(PATIENCE_SECONDS)
    while connection.recv(65536):
        pass
    raise Gone


def huge_head(connection):
    """A head no proxy should take."""
    fields = b"".join(b"x-%d: %s\r\n" % (index, b"z" * 1000) for index in range(200))
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n")
    raise Gone


BEHAVIOURS = {function.__name__.replace("_", "-"): function for function in (
    ok, chunked, until_close, interim, reset_in_head, reset_in_body, close_in_body, close_at_once, garbage, surplus,
    slow, never, huge_head)}
BEHAVIOURS["reset"] = reset
# Answers before the request's body is read.
EARLY = {"early": ok}


def read_head(connection, received):
    """(head, bytes after it)."""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            raise Gone
        received += chunk
    head, rest = received.split(b"\r\n\r\n", 1)
    return head, rest


def body_length(head):
    """Content-Length of a head, 0 without one."""
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def serve_http(connection):
    """Requests of one connection, one behaviour each."""
    received = b""
    while True:
        head, received = read_head(connection, received)
        behaviour = head.split(b" ")[1].rsplit(b"/", 1)[-1].decode("ascii", "replace")
        if behaviour in EARLY:
            EARLY[behaviour](connection)
            raise Gone
        left = body_length(head)
        while len(received) < left:
            chunk = connection.recv(65536)
            if not chunk:
                raise Gone
            received += chunk
        received = received[left:]
        BEHAVIOURS.get(behaviour, ok)(connection)


def serve_tcp(connection):
    """Echo until the other side's end, then the own end."""
    first = True
    while True:
        data = connection.recv(65536)
        if not data:
            return
        if first and data.startswith(b"RST"):
            reset(connection)
        first = False
        connection.sendall(data)


def accept(port, serve):
    """Serves each connection in a thread, for ever."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)

    def guarded(connection):
        with connection:
            try:
                connection.settimeout(60)
                serve(connection)
            except (Gone, OSError, ValueError):
                pass

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=guarded, args=(connection,), daemon=True).start()


def main(arguments):
    """Runs both listeners until it is killed."""
    threading.Thread(target=accept, args=(int(arguments[1]), serve_tcp), daemon=True).start()
    accept(int(arguments[0]), serve_http)


if __name__ == "__main__":
    main(sys.argv[1:])
