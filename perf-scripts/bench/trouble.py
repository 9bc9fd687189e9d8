"""
The clients of the soak run: each actor is a function that does one short piece of traffic and says how it went.

An actor returns a word that is counted ("200", "503", "closed", ...). It raises Wrong for what must never happen: bytes
that are not the upstream's, answers out of order, silence beyond every time-out.
"""

import dataclasses
import os
import random
import socket
import struct
import time

from bench import answer, configs, faulty

SILENCE_SECONDS = 25
# Behaviours that give all of the body, or as much of it as there was when the upstream was killed.
WHOLE_BODIES = ("ok", "slow", "surplus", "chunked", "interim")


class Wrong(Exception):
    """The proxy broke its promise."""


class Target:
    """Where the listeners are, and when their upstreams were killed."""

    def __init__(self, http_port, tcp_port, tls_port):
        self.http_port = http_port
        self.tcp_port = tcp_port
        self.tls_port = tls_port
        self.disturbances = {}

    def disturb(self, name):
        """Called when an upstream is about to be killed, and again when it is back."""
        self.disturbances[name] = self.disturbances.get(name, 0) + 1

    def moment(self, name):
        """A number for `undisturbed`."""
        return self.disturbances.get(name, 0)

    def undisturbed(self, name, since):
        """Whether the upstream ran all the time since that moment."""
        return since % 2 == 0 and since == self.moment(name)


def _connect(port, receive_buffer=None):
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(SILENCE_SECONDS)
    client.connect(("127.0.0.1", port))
    return client


def reset(client):
    """Ends a connection with a reset."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _all(client, what):
    """Everything until the other side's end; a reset is an end too."""
    received = []
    try:
        while True:
            chunk = client.recv(65536)
            if not chunk:
                break
            received.append(chunk)
    except socket.timeout as error:
        raise Wrong(f"{what}: nothing for {SILENCE_SECONDS} s after {sum(map(len, received))} bytes") from error
    except ConnectionError:
        pass
    return b"".join(received)


def _send(client, data):
    """Sends what the other side still takes."""
    try:
        client.sendall(data)
    except (ConnectionError, socket.timeout):
        pass


def _status(received):
    if received.startswith(b"HTTP/1."):
        return received[9:12].decode("ascii", "replace")
    return "other" if received else "closed"


def get(target, path):
    """One request on a connection of its own; the whole answer."""
    with _connect(target.http_port) as client:
        _send(client, b"GET %s HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n" % path.encode())
        return _all(client, path)


def flaky(target, dice):
    """
    An upstream that misbehaves. Each byte of a body must be the upstream's, and a body may be short only when the
    client can see it and the upstream did it or was killed.
    """
    name, since = dice.choice(list(faulty.BEHAVIOURS)), target.moment("flaky")
    received = get(target, "/flaky/" + name)
    if b"poison" in received:
        raise Wrong(f"/flaky/{name}: bytes behind an answer reached a client")
    got = answer.read(received)
    if got is None:
        return f"{name} {'head cut' if received else 'closed'}"
    if got.status == "200":
        _check_body(f"/flaky/{name}", got, faulty.BODY)
        if got.end != answer.WHOLE and name in WHOLE_BODIES and target.undisturbed("flaky", since):
            raise Wrong(f"/flaky/{name}: {len(got.body)} bytes and the end, but nobody killed the upstream")
    return f"{name} {got.status}{' cut' if got.end == answer.CUT else ''}"


def _check_body(what, got, body):
    """Wrong when a body is not the upstream's, or when it is only a part of it and its framing says it is whole."""
    if not body.startswith(got.body):
        raise Wrong(f"{what}: {len(got.body)} bytes that the upstream did not send")
    if got.end == answer.WHOLE and got.body != body:
        raise Wrong(f"{what}: {len(got.body)} of {len(body)} bytes, told to the client as all of them")
    if got.surplus:
        raise Wrong(f"{what}: {len(got.surplus)} bytes behind the answer")


def early(target, dice):
    """The upstream answers and closes while the request's body still flows."""
    with _connect(target.http_port) as client:
        _send(client, b"POST /flaky/early HTTP/1.1\r\nHost: soak\r\nContent-Length: 500000\r\n\r\n")
        _send(client, b"z" * dice.choice((0, 1000, 500000)))
        client.shutdown(socket.SHUT_WR) if dice.random() < 0.5 else None
        client.settimeout(SILENCE_SECONDS)
        try:
            return "early " + _status(client.recv(65536))
        except ConnectionError:
            return "early closed"
        except socket.timeout as error:
            raise Wrong("/flaky/early: no answer") from error


def dead(target, _dice):
    """A cluster whose port nobody listens on."""
    status = _status(get(target, "/dead"))
    if status not in ("503", "502"):
        raise Wrong(f"/dead gave {status}")
    return "dead " + status


def pipelined(target, dice):
    """Requests behind one another, answers in their order."""
    count = dice.randint(2, 12)
    sizes = [dice.choice((0, 100, 20000)) for _ in range(count)]
    request = b"".join(b"POST /flaky/ok HTTP/1.1\r\nHost: soak\r\nContent-Length: %d\r\n%s\r\n" % (
        size, b"Connection: close\r\n" if index == count - 1 else b"") + b"p" * size
                       for index, size in enumerate(sizes))
    since = target.moment("flaky")
    with _connect(target.http_port) as client:
        _send(client, request)
        rest = _all(client, "pipelined")
    statuses = []
    while len(statuses) < count:
        got = answer.read(rest)
        if got is None or got.end != answer.WHOLE:
            break
        rest = got.surplus
        statuses.append(got.status)
        if got.status == "200":
            _check_body("pipelined", dataclasses.replace(got, surplus=b""), faulty.BODY)
    if statuses == ["200"] * count:
        return "pipelined whole"
    # A 503 may end the connection too: its request is not read to its end.
    if "503" not in statuses and target.undisturbed("flaky", since):
        raise Wrong(f"pipelined: {len(statuses)} answers to {count} requests, bodies of {sizes}")
    return "pipelined cut"


def slow_reader(target, dice):
    """Takes a long answer in sips, then all of it or none."""
    with _connect(target.http_port, receive_buffer=4096) as client:
        path = dice.choice(("/100k", "/100m"))
        _send(client, b"GET %s HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n" % path.encode())
        try:
            for _ in range(dice.randint(1, 30)):
                if not client.recv(1024):
                    return "slow-reader closed"
                time.sleep(0.05)
        except ConnectionError:
            return "slow-reader closed"
        except socket.timeout as error:
            raise Wrong(f"slow reader of {path}: silence") from error
        if path == "/100m" or dice.random() < 0.3:
            reset(client)
            return "slow-reader reset"
        rest = _all(client, path)
        return "slow-reader rest" if rest else "slow-reader closed"


def slow_head(target, dice):
    """A head that trickles: it ends in time, or never."""
    head = b"GET /small HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n"
    stop = len(head) if dice.random() < 0.5 else dice.randint(1, len(head) - 1)
    with _connect(target.http_port) as client:
        for index in range(stop):
            _send(client, head[index:index + 1])
            time.sleep(0.01)
        return "slow-head " + _status(_all(client, "slow head"))


def slow_body(target, dice):
    """A body that trickles and may stop for good."""
    with _connect(target.http_port) as client:
        _send(client, b"POST /flaky/ok HTTP/1.1\r\nHost: soak\r\nConnection: close\r\nContent-Length: 100\r\n\r\n")
        for _ in range(dice.choice((20, 50, 100))):
            _send(client, b"b")
            time.sleep(0.01)
        if dice.random() < 0.3:
            reset(client)
            return "slow-body reset"
        return "slow-body " + _status(_all(client, "slow body"))


HOSTILE = (
    b"\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    b"GET / HTTP/1.1\nHost: a\n\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nx: \x00\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    b"G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nabcde",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"POST /flaky/ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
    b"POST /flaky/ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    b"POST /flaky/ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n" + b"".join(b"h%d: v\r\n" % index for index in range(300)) + b"\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)


def hostile(target, dice):
    """Bytes that are refused or end with the connection; never a hang and never a 200 for nonsense."""
    if dice.random() < 0.3:
        data = bytes(dice.randrange(256) for _ in range(dice.randint(1, 400)))
    else:
        data = dice.choice(HOSTILE)
    with _connect(target.http_port) as client:
        _send(client, data)
        if dice.random() < 0.3:
            reset(client)
            return "hostile reset"
        client.shutdown(socket.SHUT_WR) if dice.random() < 0.5 else None
        return "hostile " + _status(_all(client, f"hostile {data[:60]!r}"))


def churn(target, dice):
    """Many connections with one answer each, ended in every way there is."""
    clients = []
    for _ in range(dice.randint(5, 60)):
        try:
            client = _connect(target.http_port)
        except ConnectionError:
            continue
        _send(client, b"GET /small HTTP/1.1\r\nHost: soak\r\n\r\n")
        clients.append(client)
    for client in clients:
        try:
            if dice.random() < 0.7:
                client.recv(1000)
            client.close() if dice.random() < 0.5 else reset(client)
        except socket.timeout as error:
            raise Wrong("churn: no answer") from error
        except ConnectionError:
            client.close()
    return "churn"


def echo(target, dice):
    """A TCP relay with half-close: what comes back is what went, whole, after our own end."""
    data, since = os.urandom(dice.choice((0, 1, 5000, 300000))), target.moment("flaky")
    with _connect(target.tcp_port) as client:
        client.setblocking(True)
        client.settimeout(SILENCE_SECONDS)
        received = b""
        try:
            for start in range(0, len(data), 50000):
                client.sendall(data[start:start + 50000])
                if start + 50000 < len(data):
                    received += client.recv(65536)
            client.shutdown(socket.SHUT_WR)
        except ConnectionError:
            return "echo refused"
        except socket.timeout as error:
            raise Wrong("echo: silence") from error
        received += _all(client, "echo")
    if received == data:
        return "echo whole"
    if data.startswith(received) and not target.undisturbed("flaky", since):
        return "echo cut"
    raise Wrong(f"echo: {len(received)} bytes came back, not as they were sent, of {len(data)}")


def relay_reset(target, dice):
    """Resets from either side of a TCP relay."""
    with _connect(target.tcp_port) as client:
        if dice.random() < 0.5:
            _send(client, b"RST")
            _all(client, "relay reset by the upstream")
            return "relay reset by upstream"
        _send(client, b"q" * dice.choice((1, 200000)))
        reset(client)
        return "relay reset by client"


def bulk(target, _dice):
    """The whole of a large answer."""
    since = target.moment("good")
    got = answer.read(get(target, "/100k"))
    if got is None or got.status != "200":
        return "bulk " + (got.status if got else "closed")
    _check_body("/100k", got, b"x" * configs.LARGE_BYTES)
    if got.end != answer.WHOLE and target.undisturbed("good", since):
        raise Wrong(f"/100k: {len(got.body)} bytes and the end, but nobody killed the upstream")
    return "bulk " + got.end


ACTORS = {function.__name__: function for function in (
    flaky, early, dead, pipelined, slow_reader, slow_head, slow_body, hostile, churn, echo, relay_reset, bulk)}


def dice_of(seed, name):
    """The same throws for the same seed."""
    return random.Random(f"{seed}/{name}")
