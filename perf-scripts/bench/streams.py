"""Actors of the soak run that speak HTTP/2 and TLS; see `trouble` for what an actor is."""

import os
import socket
import ssl

from bench import configs, h2client, trouble


def _open(target, dice, alpn="h2"):
    """A connection to the clear listener or to the one on TLS."""
    tls = dice.random() < 0.5
    client = h2client.connect(target.tls_port if tls else target.http_port, tls, alpn)
    client.settimeout(trouble.SILENCE_SECONDS)
    return client


def http2_get(target, dice):
    """One answer, whole, over HTTP/2 or HTTP/1.1 to the upstream."""
    since = target.moment("good")
    try:
        with _open(target, dice) as client:
            status, length = h2client.first_get(client, dice.choice(("/small", "/h2/small")))
    except socket.timeout as error:
        raise trouble.Wrong("http2_get: no answer") from error
    except OSError:
        if target.undisturbed("good", since):
            raise trouble.Wrong("http2_get: cut, but nobody killed the upstream") from None
        return "http2-get cut"
    if status == 200 and length != len(configs.SMALL_BODY):
        raise trouble.Wrong(f"http2_get: {length} bytes of {len(configs.SMALL_BODY)}")
    return f"http2-get {status}"


def http2_leave(target, dice):
    """Many streams, of which some are reset; then the connection goes, with answers on their way."""
    with _open(target, dice) as client:
        client.sendall(h2client.PREFACE + h2client.frame(h2client.SETTINGS, 0, 0))
        for stream in range(1, 2 * dice.randint(1, 60), 2):
            client.sendall(h2client.get_request(dice.choice(("/100k", "/h2/100k", "/small", "/flaky/slow")), stream))
            if dice.random() < 0.3:
                client.sendall(h2client.frame(h2client.RST_STREAM, 0, stream, b"\0\0\0\x08"))
        for _ in range(dice.randint(0, 10)):
            if not client.recv(4096):
                break
        _end(client, dice)
    return "http2-leave"


def http2_hostile(target, dice):
    """A preface and frames that make no sense: the connection ends, in time."""
    frames = b"".join(h2client.frame(dice.randrange(12), dice.randrange(256), dice.choice((0, 1, 3, 0x7fffffff)),
                                     os.urandom(dice.choice((0, 4, 5, 8, 100, 20000)))) for _ in range(8))
    with _open(target, dice) as client:
        try:
            client.sendall(h2client.PREFACE + h2client.frame(h2client.SETTINGS, 0, 0) + frames)
            while client.recv(65536):
                pass
        except socket.timeout as error:
            raise trouble.Wrong("http2_hostile: still open") from error
        except OSError:
            pass
    return "http2-hostile"


def tls_half(target, dice):
    """Handshakes that are begun, cut or garbage."""
    hello = ssl.MemoryBIO()
    side = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    side.check_hostname = False
    side.verify_mode = ssl.CERT_NONE
    try:
        side.wrap_bio(ssl.MemoryBIO(), hello).do_handshake()
    except ssl.SSLWantReadError:
        pass
    first = hello.read()
    with socket.create_connection(("127.0.0.1", target.tls_port), trouble.SILENCE_SECONDS) as client:
        try:
            client.sendall(first[:dice.randint(0, len(first))] + (os.urandom(50) if dice.random() < 0.3 else b""))
            if dice.random() < 0.5:
                client.recv(65536)
        except socket.timeout as error:
            raise trouble.Wrong("tls_half: a handshake without end") from error
        except OSError:
            return "tls-half refused"
        _end(client, dice)
    return "tls-half"


def tls_cut(target, dice):
    """A long answer that is left in the middle, with or without an end of TLS."""
    try:
        with h2client.connect(target.tls_port, True, "http/1.1") as client:
            client.settimeout(trouble.SILENCE_SECONDS)
            client.sendall(b"GET %s HTTP/1.1\r\nHost: soak\r\n\r\n" % dice.choice((b"/100k", b"/h2/100k", b"/100m")))
            for _ in range(dice.randint(1, 20)):
                if not client.recv(16384):
                    break
            _end(client, dice)
    except socket.timeout as error:
        raise trouble.Wrong("tls_cut: silence") from error
    return "tls-cut"


def _end(client, dice):
    if dice.random() < 0.5:
        trouble.reset(client)


ACTORS = {function.__name__: function for function in (http2_get, http2_leave, http2_hostile, tls_half, tls_cut)}
