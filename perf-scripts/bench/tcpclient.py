#!/usr/bin/env python3
"""
Downloads a path again and again over N connections for some seconds and prints one JSON line with the bytes received.

MSG_TRUNC lets the kernel throw the bytes away, so the client costs little beside the proxy that is measured.
Usage: tcpclient.py HOST PORT PATH CONNECTIONS SECONDS
"""

import json
import selectors
import socket
import sys
import time

CHUNK = 1 << 20


def connect(selector, address, request):
    """Opens a connection, asks for the path, and waits for bytes."""
    client = socket.create_connection(address, 10)
    client.sendall(request)
    client.setblocking(False)
    selector.register(client, selectors.EVENT_READ)


def main(arguments):
    """Returns the exit code: 1 when a connection failed."""
    host, port, path, connections, seconds = arguments
    address = (host, int(port))
    request = f"GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()
    buffer = bytearray(CHUNK)
    selector = selectors.DefaultSelector()
    received = transfers = errors = 0
    for _ in range(int(connections)):
        connect(selector, address, request)
    start = time.monotonic()
    end = start + float(seconds)
    now = start
    while now < end:
        for key, _ in selector.select(1):
            client = key.fileobj
            try:
                count = client.recv_into(buffer, CHUNK, socket.MSG_TRUNC)
            except BlockingIOError:
                continue
            except OSError:
                errors += 1
                count = 0
            received += count
            if count == 0:
                transfers += 1
                selector.unregister(client)
                client.close()
                connect(selector, address, request)
        now = time.monotonic()
    print(json.dumps({"bytes": received, "transfers": transfers, "errors": errors, "seconds": now - start}))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
