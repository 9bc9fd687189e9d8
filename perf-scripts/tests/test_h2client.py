"""The HTTP/2 client that asks a proxy for its first answer."""

import contextlib
import socket
import threading
import unittest

from bench import h2client
from bench.h2client import ACK, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, SETTINGS, frame


def answered(*frames, ask=lambda client: h2client.first_get(client, "/small")):
    """What a question makes of a server that says this and then hangs up, and what the server received."""
    client, server = socket.socketpair()
    received = []

    def serve():
        with server, contextlib.suppress(ConnectionResetError):
            server.sendall(b"".join(frames))
            server.shutdown(socket.SHUT_WR)
            server.settimeout(60)
            while chunk := server.recv(4096):
                received.append(chunk)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client:
            result = ask(client)
    finally:
        thread.join()
    return result, b"".join(received)


def called(*frames):
    """The same with first_call."""
    return answered(*frames, ask=lambda client: h2client.first_call(client, "/a.B/C", b"\0\0\0\0\1x"))


class Http2ClientTest(unittest.TestCase):
    """Frames in, status and length out."""

    def test_should_read_an_answer_among_frames_of_the_connection(self):
        result, sent = answered(
            frame(SETTINGS, 0, 0, b"\0\3\0\0\0\x64"), frame(SETTINGS, ACK, 0), frame(PING, 0, 0, b"12345678"),
            frame(HEADERS, END_HEADERS, 1, b"\x20\x3f\xe1\x1f\x88"), frame(DATA, 0, 1, b"x" * 100),
            frame(DATA, PADDED | END_STREAM, 1, b"\x03" + b"y" * 16 + b"\0\0\0"))
        self.assertEqual((200, 116), result)
        self.assertTrue(sent.startswith(h2client.PREFACE))
        self.assertIn(frame(SETTINGS, ACK, 0), sent)
        self.assertIn(frame(PING, ACK, 0, b"12345678"), sent)

    def test_should_tell_other_statuses(self):
        self.assertEqual((404, 0), answered(frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x8d"))[0])
        self.assertEqual((None, 0), answered(frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x08\x03503"))[0])

    def test_should_not_take_an_end_for_an_answer(self):
        for frames in ([frame(GOAWAY, 0, 0, b"\0" * 8)], [frame(HEADERS, END_HEADERS, 1, b"\x88")],
                       [b"HTTP/1.1 400 Bad Request\r\n\r\n"]):
            with self.assertRaises(h2client.Http2Error):
                answered(*frames)

    def test_should_read_the_answer_of_a_call_and_its_trailers(self):
        for trailers in (b"\x00\x0bgrpc-status\x010", b"\x40\x88\x9a\xca\xc8\xb2\x12\x34\xda\x8f\x81\x07",
                         b"\x00\x01a\x01b\x00\x88\x9a\xca\xc8\xb2\x12\x34\xda\x8f\x010"):
            result, sent = called(
                frame(SETTINGS, 0, 0), frame(HEADERS, END_HEADERS, 1, b"\x88"), frame(DATA, 0, 1, b"\0\0\0"),
                frame(DATA, PADDED, 1, b"\x02\0\2hi\0\0"), frame(HEADERS, END_HEADERS | END_STREAM, 1, trailers))
            self.assertEqual((200, b"\0\0\0\0\2hi", True), result)
            self.assertTrue(sent.index(b"application/grpc") < sent.index(b"trailers") < sent.index(b"\0\0\0\0\1x"))

    def test_should_not_take_other_ends_for_a_call_that_succeeded(self):
        ok = b"\x00\x0bgrpc-status\x010"
        head, data = frame(HEADERS, END_HEADERS, 1, b"\x88"), frame(DATA, 0, 1, b"x")
        for frames in ([frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x88" + ok)],
                       [head, frame(DATA, END_STREAM, 1, b"x")],
                       [head, data, frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x00\x0bgrpc-status\x0214")],
                       [frame(HEADERS, END_HEADERS, 1, b"\x88" + ok), data, frame(DATA, END_STREAM, 1)]):
            self.assertFalse(called(*frames)[0][2])


if __name__ == "__main__":
    unittest.main()
