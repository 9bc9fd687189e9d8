"""The least of an HTTP/2 client: one GET or gRPC call on a connection of its own, in clear (prior knowledge) or TLS."""

import socket
import ssl
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 1, 1, 4, 8, 32
# grpc-status: 0 as a literal, name and value each plain or in the Huffman code of RFC 7541.
GRPC_OK = [name + value for name in (b"\x0bgrpc-status", b"\x88\x9a\xca\xc8\xb2\x124\xda\x8f")
           for value in (b"\x010", b"\x81\x07")]
STATUSES = {0x88: 200, 0x89: 204, 0x8a: 206, 0x8b: 304, 0x8c: 400, 0x8d: 404, 0x8e: 500}


class Http2Error(OSError):
    """The server does not speak HTTP/2, or ended the stream or the connection."""


def frame(kind, flags, stream, payload=b""):
    """A whole frame."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def get_request(path, stream=1):
    """HEADERS of a GET, out of the static table and literals that are not indexed."""
    block = b"\x82\x86\x04" + bytes([len(path)]) + path.encode("ascii") + b"\x01\x04test"
    return frame(HEADERS, END_STREAM | END_HEADERS, stream, block)


def call_request(path, message, stream=1):
    """HEADERS and DATA of a gRPC call; the message has its prefix."""
    block = b"\x83\x86\x04" + bytes([len(path)]) + path.encode("ascii") + b"\x01\x04test" \
        + b"\x0f\x10\x10application/grpc" + b"\x00\x02te\x08trailers"
    return frame(HEADERS, END_HEADERS, stream, block) + frame(DATA, END_STREAM, stream, message)


def connect(port, tls=False, alpn="h2"):
    """A socket to the port of this machine; on TLS any certificate is taken."""
    plain = socket.create_connection(("127.0.0.1", port), 10)
    if not tls:
        return plain
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols([alpn])
    secured = context.wrap_socket(plain)
    if secured.selected_alpn_protocol() != alpn:
        raise Http2Error(f"ALPN chose {secured.selected_alpn_protocol()}, not {alpn}")
    return secured


def _exactly(client, count):
    received = b""
    while len(received) < count:
        chunk = client.recv(count - len(received))
        if not chunk:
            raise Http2Error(f"connection closed behind {received!r}")
        received += chunk
    return received


def read_frame(client):
    """(kind, flags, stream, payload) of the next frame."""
    head = _exactly(client, 9)
    kind, flags, stream = struct.unpack(">BBI", head[3:])
    if head.startswith(b"HTTP/1"):
        raise Http2Error("the answer is HTTP/1")
    return kind, flags, stream & 0x7fffffff, _exactly(client, int.from_bytes(head[:3], "big"))


def first_get(client, path):
    """
    Preface and one GET on a new connection, which stays open: status and length of the body. The status is None unless
    it is one of the static table; the body must fit the windows of 65,535 bytes.
    """
    status, body, _ = _first_answer(client, get_request(path))
    return status, len(body)


def first_call(client, path, message):
    """Like first_get with one gRPC call: status, body, and whether trailers behind a body say grpc-status 0."""
    status, body, trailers = _first_answer(client, call_request(path, message))
    return status, body, any(field in trailers for field in GRPC_OK)


def _first_answer(client, request):
    """Status, body, and the header block that ended the stream behind the head, which may be padded."""
    client.sendall(PREFACE + frame(SETTINGS, 0, 0) + request)
    status, body, trailers, has_head = None, b"", b"", False
    while True:
        kind, flags, stream, payload = read_frame(client)
        if kind == SETTINGS and not flags & ACK:
            client.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            client.sendall(frame(PING, ACK, 0, payload))
        elif kind in (RST_STREAM, GOAWAY):
            raise Http2Error(f"{'RST_STREAM' if kind == RST_STREAM else 'GOAWAY'} {payload!r}")
        elif stream == 1 and kind == HEADERS:
            status = status or _status(flags, payload)
            trailers = payload if has_head and flags & END_STREAM else b""
            has_head = True
        elif stream == 1 and kind == DATA:
            body += payload[1:len(payload) - payload[0]] if flags & PADDED else payload
        if stream == 1 and kind in (DATA, HEADERS) and flags & END_STREAM:
            return status, body, trailers


def _status(flags, payload):
    """The status is the first field; table size updates stand before it."""
    at = (1 if flags & PADDED else 0) + (5 if flags & PRIORITY else 0)
    while at < len(payload) and payload[at] & 0xe0 == 0x20:
        # A size of 31 or more goes on in bytes with the top bit set, but for the last.
        is_long = payload[at] & 0x1f == 0x1f
        at += 1
        while is_long and at < len(payload):
            is_long = payload[at] & 0x80 != 0
            at += 1
    return STATUSES.get(payload[at]) if at < len(payload) else None
