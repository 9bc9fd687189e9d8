"""What is read out of the load generators' output."""

import unittest

from bench import configs, load
from bench.rig import RigError
from bench.workloads import WORKLOADS

WRK = """Running 5s test @ http://127.0.0.1:1/small
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   714.75us  120.12us   8.55ms   91.13%
    Req/Sec    81.41k     2.16k   84.21k    80.00%
  404947 requests in 5.01s, 105.43MB read
Requests/sec:  80963.12
Transfer/sec:     21.08MB
"""

H2LOAD = """starting benchmark...
finished in 5.00s, 20000.40 req/s, 5.50MB/s
requests: 100010 total, 100010 started, 100002 done, 100000 succeeded, 2 failed, 8 errored, 3 timeout
status codes: 100000 2xx, 0 3xx, 0 4xx, 2 5xx
traffic: 16.21MB (17000000) total, 2.86MB (3000000) headers (space savings 0.00%), 10.01MB (10500000) data
"""


class Recorder:
    """A rig that runs nothing and keeps the command."""

    def __init__(self):
        self.command = None

    def path(self, name):
        """A path that nothing is written to."""
        return name

    def write(self, name, _text):
        """A path that nothing is written to."""
        return name

    def run(self, command, _core, _seconds):
        """What h2load would have said."""
        self.command = command
        return H2LOAD


class LoadTest(unittest.TestCase):
    """wrk, h2load, paced."""

    def test_should_read_wrk(self):
        result = load.parse_wrk(WRK)
        self.assertEqual((404947, 5.01, 0), (result.count, result.seconds, result.errors))

    def test_should_count_wrk_errors(self):
        text = WRK + "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 5\n"
        self.assertEqual(15, load.parse_wrk(text).errors)

    def test_should_read_wrk_times_in_minutes(self):
        self.assertEqual(60.0, load.parse_wrk("  10 requests in 1.00m, 1.00MB read\n").seconds)

    def test_should_refuse_output_without_a_summary(self):
        for parser in (load.parse_wrk, load.parse_h2load):
            with self.assertRaises(RigError):
                parser("unable to connect to 127.0.0.1:1 Connection refused\n")

    def test_should_read_h2load(self):
        result = load.parse_h2load(H2LOAD)
        self.assertEqual((100002, 5.0, 5), (result.count, result.seconds, result.errors))

    def test_should_ask_h2load_for_streams_and_for_tls_where_the_workload_has_them(self):
        rig = Recorder()
        for name, wanted, unwanted in (("h2-h1", {"-m", "10", "http://127.0.0.1:7/small"}, {"--h1"}),
                                       ("tls-h1", {"--h1", "https://127.0.0.1:7/small"}, {"-m"}),
                                       ("tls-h2", {"-m", "10", "https://127.0.0.1:7/small"}, {"--h1"})):
            load.h2load(rig, 1, WORKLOADS[name], 7, 4.0, 0)
            self.assertLessEqual(wanted, set(rig.command))
            self.assertFalse(unwanted & set(rig.command))
            self.assertEqual("4", rig.command[rig.command.index("-D") + 1])

    def test_should_send_calls_by_h2load(self):
        rig = Recorder()
        result = load.h2load(rig, 1, WORKLOADS["grpc-unary"], 7, 4.0, 0)
        self.assertLessEqual({"-m", "10", "-d", "h2load.body", "te: trailers", "content-type: application/grpc",
                              f"http://127.0.0.1:7{configs.GRPC_PATH}"}, set(rig.command))
        self.assertEqual((100000, 5), (result.count, result.errors))

    def test_should_count_calls_with_2xx_and_a_message_alone(self):
        for text, count, errors in ((H2LOAD, 100000, 5), (H2LOAD.replace("10500000", "10500104"), 100000, 5),
                                    (H2LOAD.replace("10500000", "10499999"), 99999, 6),
                                    (H2LOAD.replace("10500000", "0"), 0, 100005),
                                    (H2LOAD.replace("0 3xx", "9 3xx"), 99991, 14)):
            result = load.parse_h2load(text, 105)
            self.assertEqual((count, errors), (result.count, result.errors))
        with self.assertRaises(RigError):
            load.parse_h2load(H2LOAD.replace("traffic", "nothing"), 105)

    def test_should_skip_unanswered_requests_in_the_log_of_h2load(self):
        self.assertEqual([(10, 300), (30, 200)],
                         list(load.parse_h2load_log(["10\t200\t300\n", "20\t-1\t9\n", "30\t200\t200\n"])))

    def test_should_read_paced(self):
        result = load.parse_paced('{"due": 10, "answered": 9, "errors": 1, "seconds": 2.0, "p50": 1.5, "p99": 2, '
                                  '"p99.9": 3, "max": 4}')
        self.assertEqual((9, 2.0, 1, 3), (result.count, result.seconds, result.errors, result.latency_us["p99.9"]))

    def test_should_name_percentiles(self):
        self.assertEqual({"p50": 2, "p99": 3, "p99.9": 3, "max": 3}, load.latencies([1, 2, 3]))
        self.assertIsNone(load.latencies([])["max"])


if __name__ == "__main__":
    unittest.main()
