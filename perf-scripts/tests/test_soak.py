"""What the soak run reads and compares."""

import socket
import threading
import unittest

from bench import answer, faulty, soaking, trouble

STATS = """loop.0.slots: 32
loop.0.chunks: 0
loop.0.cycles: 1000
cluster.good.upstream_cx_active: 3
cluster.good.upstream_cx_total: 90
http.soak.downstream_rq_active: 0
http.soak.downstream_cx_length_ms: P0(nan,1) P25(nan,2)
server.memory_allocated: 1000
"""


class SoakTest(unittest.TestCase):
    """Gauges and differences."""

    def test_should_read_numbers_and_skip_histograms(self):
        stats = soaking.parse_stats(STATS)
        self.assertEqual(1000, stats["server.memory_allocated"])
        self.assertNotIn("http.soak.downstream_cx_length_ms", stats)

    def test_should_watch_gauges_that_must_return_and_no_totals(self):
        self.assertEqual({"loop.0.slots": 32, "loop.0.chunks": 0, "cluster.good.upstream_cx_active": 3,
                          "http.soak.downstream_rq_active": 0}, soaking.leak_gauges(soaking.parse_stats(STATS)))

    def test_should_know_the_descriptors_of_pipes(self):
        self.assertEqual(10, soaking.pipe_ends({"loop.0.pipes": 4, "loop.1.pipes": 1, "loop.0.splices": 3}))

    def test_should_name_what_is_above_the_baseline(self):
        self.assertEqual(["a: 1 before, 2 after", "c: 0 before, 1 after"],
                         soaking.differences({"a": 1, "b": 5}, {"a": 2, "b": 4, "c": 1}))

    def test_should_repeat_the_throws_of_a_seed(self):
        self.assertEqual(trouble.dice_of(7, "echo").random(), trouble.dice_of(7, "echo").random())
        self.assertNotEqual(trouble.dice_of(7, "echo").random(), trouble.dice_of(7, "churn").random())


class AnswerTest(unittest.TestCase):
    """What the bytes of an answer say about themselves."""

    def test_should_see_whether_an_answer_is_whole(self):
        head = b"HTTP/1.1 200 OK\r\n"
        for received, end, body, surplus in (
                (head + b"Content-Length: 3\r\n\r\nabc", answer.WHOLE, b"abc", b""),
                (head + b"Content-Length: 3\r\n\r\nabcd", answer.WHOLE, b"abc", b"d"),
                (head + b"content-length: 3\r\n\r\nab", answer.CUT, b"ab", b""),
                (head + b"\r\nab", answer.OPEN, b"ab", b""),
                (head + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", answer.WHOLE, b"ab", b""),
                (head + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nt: 1\r\n\r\nx", answer.WHOLE, b"ab", b"x"),
                (head + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n", answer.CUT, b"ab", b""),
                (head + b"Transfer-Encoding: chunked\r\n\r\n9\r\nab", answer.CUT, b"ab", b""),
                (b"HTTP/1.1 103 Early Hints\r\n\r\n" + head + b"Content-Length: 0\r\n\r\n", answer.WHOLE, b"", b"")):
            self.assertEqual(answer.Answer("200", body, end, surplus), answer.read(received))
        self.assertIsNone(answer.read(head))
        self.assertIsNone(answer.read(b""))


class ActorTest(unittest.TestCase):
    """Actors against the misbehaving upstream itself, without a proxy: its good answers must pass as good."""

    def test_should_accept_what_the_upstream_answers(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(8)
            target = trouble.Target(listener.getsockname()[1], 0, 0)
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
            self.assertTrue(trouble.get(target, "/flaky/chunked").endswith(b"x-trailer: 1\r\n\r\n"))

    def test_should_tell_a_cut_answer_from_a_whole_one(self):
        self.assertEqual("close-in-body 200 cut", self._flaky("close-in-body", faulty.close_in_body))
        self.assertEqual("ok 200", self._flaky("ok", faulty.ok))
        self.assertEqual("chunked 200", self._flaky("chunked", faulty.chunked))

    def test_should_excuse_a_cut_by_a_kill_only(self):
        def dying(connection, target):
            connection.sendall(faulty.HEAD + faulty.BODY[:900])
            target.disturb("flaky")

        self.assertEqual("slow 200 cut", self._flaky("slow", dying, with_target=True))
        with self.assertRaisesRegex(trouble.Wrong, "900 bytes and the end"):
            self._flaky("slow", lambda connection: connection.sendall(faulty.HEAD + faulty.BODY[:900]))

    def test_should_not_take_a_part_for_the_whole(self):
        def lying(connection, target):
            target.disturb("flaky")
            connection.sendall(faulty.HEAD.replace(b"3000", b"900") + faulty.BODY[:900])

        with self.assertRaisesRegex(trouble.Wrong, "900 of 3000 bytes, told to the client as all"):
            self._flaky("slow", lying, with_target=True)

    def _flaky(self, name, behaviour, with_target=False):
        class Always:
            """Dice that always show the same behaviour."""
            def choice(self, _values):
                return name

        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(8)
            target = trouble.Target(listener.getsockname()[1], 0, 0)

            def once(connection):
                faulty.read_head(connection, b"")
                behaviour(connection, target) if with_target else behaviour(connection)

            threading.Thread(target=self._serve, args=(listener, once), daemon=True).start()
            return trouble.flaky(target, Always())

    def _serve(self, listener, once=None):
        connection, _ = listener.accept()
        with connection:
            try:
                (once or self._once)(connection)
            except (faulty.Gone, OSError):
                pass

    @staticmethod
    def _once(connection):
        head, _ = faulty.read_head(connection, b"")
        faulty.BEHAVIOURS[head.split(b" ")[1].rsplit(b"/", 1)[-1].decode()](connection)


if __name__ == "__main__":
    unittest.main()
