"""What the soak run reads and compares."""

import socket
import threading
import unittest

from bench import faulty, soaking, trouble

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

    def test_should_name_what_is_above_the_baseline(self):
        self.assertEqual(["a: 1 before, 2 after", "c: 0 before, 1 after"],
                         soaking.differences({"a": 1, "b": 5}, {"a": 2, "b": 4, "c": 1}))

    def test_should_repeat_the_throws_of_a_seed(self):
        self.assertEqual(trouble.dice_of(7, "echo").random(), trouble.dice_of(7, "echo").random())
        self.assertNotEqual(trouble.dice_of(7, "echo").random(), trouble.dice_of(7, "churn").random())


class ActorTest(unittest.TestCase):
    """Actors against the misbehaving upstream itself, without a proxy: its good answers must pass as good."""

    def test_should_accept_what_the_upstream_answers(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(8)
            target = trouble.Target(listener.getsockname()[1], 0)
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
            self.assertTrue(trouble.get(target, "/flaky/chunked").endswith(b"x-trailer: 1\r\n\r\n"))

    def test_should_tell_a_cut_answer_from_a_whole_one(self):
        class Always:
            """Dice that always show the same behaviour."""
            def choice(self, _values):
                return "close-in-body"

        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(8)
            target = trouble.Target(listener.getsockname()[1], 0)
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
            self.assertEqual("close-in-body 200", trouble.flaky(target, Always()))

    def _serve(self, listener):
        connection, _ = listener.accept()
        with connection:
            try:
                self._once(connection)
            except (faulty.Gone, OSError):
                pass

    @staticmethod
    def _once(connection):
        head, _ = faulty.read_head(connection, b"")
        faulty.BEHAVIOURS[head.split(b" ")[1].rsplit(b"/", 1)[-1].decode()](connection)


if __name__ == "__main__":
    unittest.main()
