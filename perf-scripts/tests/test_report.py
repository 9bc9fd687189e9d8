"""From samples to tables, pictures and configuration files, without running anything."""

import os
import subprocess
import tempfile
import threading
import unittest
import xml.etree.ElementTree as ElementTree

from bench import configs, peers, picture, profiles, report, rig, runner
from bench.workloads import WORKLOADS

KINDS = {"nginx": "nginx", "haproxy": "haproxy", "haproxy-splice": "haproxy", "ringway": "ringway", "old": "ringway"}


def sample(peer, workload, total, latency=None, errors=0):
    """A sample whose user time is a quarter of the total."""
    return {"peer": peer, "workload": workload, "round": 1, "count": 1000, "seconds": 5.0, "errors": errors,
            "user_us": total / 4, "system_us": total * 3 / 4, "total_us": total, "per_second": 200.0,
            "core_share": 0.9, "foreign_share": 0.01, "load_core_share": 1.0,
            "resident_bytes": 1 << 20, "latency_us": latency or {}}


def latency(tail):
    """Percentiles around a tail."""
    return {"p50": tail / 10, "p99": tail / 2, "p99.9": tail, "max": tail * 2}


class ReportTest(unittest.TestCase):
    """Medians, ratios, tables, pictures."""

    def setUp(self):
        samples = [sample(peer, "h1-small", total) for peer, totals in (
            ("nginx", (17, 18, 30)), ("haproxy", (16, 16, 16)), ("ringway", (12, 12, 12)), ("old", (10, 10, 10)))
            for total in totals]
        samples += [sample("nginx", "h1-half-rate", 17, latency(3000)),
                    sample("ringway", "h1-half-rate", 12, latency(900)),
                    sample("ringway", "h1-half-rate", 14, latency(1100), errors=2)]
        self.summary = report.summarize(samples, KINDS)
        self.data = {
            "host": {"date": "d", "commit": "c", "kernel": "k", "machine": "m", "cpu": "p", "cores": 2,
                     "tcp_congestion_control": "cubic", "load_average": [0.1, 0.1, 0.1]},
            "options": {"rounds": 3, "seconds": 5, "rate": 1000}, "kinds": KINDS, "versions": {"nginx": "1.22"},
            "duties": {"h1-h1": {"nginx": "one worker"}}, "absent": {"envoy": "not installed"}, "failed": {},
            "summary": self.summary}

    def test_should_divide_by_the_better_of_nginx_and_haproxy(self):
        rows = self.summary["h1-small"]
        self.assertEqual(18, rows["nginx"]["total_us"])
        self.assertEqual(0.75, rows["ringway"]["to_reference"])
        self.assertEqual(1.0, rows["haproxy"]["to_reference"])

    def test_should_not_call_another_ringway_the_best_other(self):
        self.assertEqual(0.75, self.summary["h1-small"]["ringway"]["to_best_other"])

    def test_should_divide_by_the_lowest_floor_and_call_no_floor_the_best_other(self):
        samples = [sample(peer, "h1-small", total) for peer, total in (
            ("nginx", 16), ("floor-epoll", 12), ("floor-io_uring", 10), ("ringway", 12))]
        rows = report.summarize(samples, {**KINDS, "floor-epoll": "floor", "floor-io_uring": "floor"})["h1-small"]
        self.assertEqual(1.2, rows["ringway"]["to_floor"])
        self.assertEqual(0.75, rows["ringway"]["to_best_other"])
        self.assertIsNone(self.summary["h1-small"]["ringway"]["to_floor"])

    def test_should_take_the_median_of_each_percentile_and_add_up_errors(self):
        row = self.summary["h1-half-rate"]["ringway"]
        self.assertEqual(1000, row["latency_us"]["p99.9"])
        self.assertEqual(2, row["errors"])

    def test_should_print_tables_in_which_every_line_has_the_same_columns(self):
        text = report.text(self.data)
        self.assertIn("Left out: envoy: not installed", text)
        self.assertIn("1,000 requests/s asked of each", text)
        table = [line for line in text.splitlines() if line.startswith("|")]
        self.assertEqual({14, 12}, {line.count("|") for line in table})

    def test_should_draw_well_formed_pictures(self):
        pictures = picture.draw(self.data)
        self.assertEqual({"h1-small.svg", "h1-half-rate.svg"}, set(pictures))
        for svg in pictures.values():
            root = ElementTree.fromstring(svg)
            self.assertTrue(root.tag.endswith("svg"))
            width = float(root.get("width"))
            for box in root.iter("{http://www.w3.org/2000/svg}rect"):
                self.assertLessEqual(float(box.get("x")) + float(box.get("width")), width)

    def test_should_escape_labels_in_pictures(self):
        rows = {"a<b&c": self.summary["h1-small"]["nginx"]}
        ElementTree.fromstring(picture.cpu_bars('ti"t<le', "request", rows, set()))

    def test_should_mark_axes_in_round_steps(self):
        self.assertEqual([5, 10, 0.2, 1], [picture.nice_step(highest) for highest in (17, 50, 1, 0)])


class ProfileTest(unittest.TestCase):
    """perf's report."""

    def test_should_tell_kernel_java_and_native_code_apart(self):
        text = ("# Overhead  Shared Object      Symbol\n"
                "    40.00%  [kernel.kallsyms]  [k] tcp_ack\n"
                "    25.50%  [JIT] tid 42       [.] void dev.ringway.engine.X.onBytes(int, long)\n"
                "     4.50%  [JIT] tid 42       [.] Interpreter\n"
                "     2.00%  libc.so.6          [.] memcpy\n")
        summary = profiles.summarize(text, 2)
        for line in ("| kernel | 40.0 |", "| java | 25.5 |", "| java interpreter and stubs | 4.5 |",
                     "| libc.so.6 | 2.0 |", "| 25.50 | java | void dev.ringway.engine.X.onBytes(int, long) |"):
            self.assertIn(line, summary)
        self.assertNotIn("memcpy", summary)


class RowsTest(unittest.TestCase):
    """Peers and workloads as data."""

    def test_should_read_a_row_given_by_hand(self):
        peer = peers.parse_peer("new=nginx:/opt/nginx/sbin/nginx")
        self.assertEqual(("new", "nginx", "/opt/nginx/sbin/nginx"), (peer.label, peer.kind, peer.path))
        for text in ("new", "new=nginx", "new=apache:/x", "=nginx:/x", "new=nginx:"):
            with self.assertRaises(ValueError):
                peers.parse_peer(text)

    def test_should_name_a_peer_that_is_not_here(self):
        with self.assertRaisesRegex(peers.Absent, "/no/such/haproxy is not installed"):
            peers.resolve(peers.Peer("x", "haproxy", {}, "/no/such/haproxy"), peers.Duty("h1", "h1"))

    def test_should_leave_out_what_a_peer_cannot_do(self):
        with self.assertRaisesRegex(peers.Absent, "does not do tcp to tcp"):
            peers.resolve(peers.Peer("x", "netty", {"transport": "epoll"}), peers.Duty("tcp", "tcp"))
        with self.assertRaisesRegex(peers.Absent, "writes no access log"):
            peers.resolve(peers.Peer("x", "netty", {"transport": "epoll"}), peers.Duty("h1", "h1", True))

    def test_should_say_why_nginx_is_no_proxy_to_http2(self):
        with self.assertRaisesRegex(peers.Absent, "no HTTP/2 to upstreams"):
            peers.resolve(peers.Peer("nginx", "nginx"), peers.Duty("h2", "h2"))

    def test_should_measure_a_floor_only_when_it_is_named(self):
        self.assertNotIn("floor-epoll", [peer.label for peer in runner.named(None)])
        self.assertEqual(["nginx", "floor-epoll"], [peer.label for peer in runner.named("nginx,floor-epoll")])

    def test_should_have_a_sentence_for_every_duty_of_every_peer(self):
        for workload in WORKLOADS.values():
            for peer in peers.DEFAULT_PEERS + peers.OTHER_PEERS:
                if (workload.front, workload.back) in peers.KINDS[peer.kind].duties:
                    self.assertTrue(peers.describe(peer, workload.duty(False)))

    def test_should_write_one_configuration_per_duty(self):
        with tempfile.TemporaryDirectory() as folder:
            frame = rig.Rig()
            frame.folder = folder
            place = peers.Place(frame, "x", 1111, 2222, 3333)
            http, tcp = peers.Duty("h1", "h1", True), peers.Duty("tcp", "tcp")
            for text in (configs.nginx_http(place, http, 100), configs.haproxy(place, http, 100, False),
                         configs.envoy_bootstrap(place, http), configs.nginx_stream(place),
                         configs.haproxy(place, tcp, 100, True), configs.envoy_bootstrap(place, tcp)):
                self.assertIn("1111", text)
                self.assertIn("3333", text)
            for front, back in (("h2", "h1"), ("h2", "h2"), ("tls-h1", "h1"), ("tls-h2", "h1")):
                duty = peers.Duty(front, back)
                for text in (configs.nginx_http(place, duty, 100), configs.haproxy(place, duty, 100, False),
                             configs.envoy_bootstrap(place, duty)):
                    self.assertEqual(duty.tls, f"{folder}/front.pem" in text)
                    # The folder's name is chance.
                    bare = text.replace(folder, "")
                    self.assertEqual(duty.http2 or back == "h2", "h2" in bare or "http2" in bare or "HTTP2" in bare)
            self.assertIn("splice-auto", configs.haproxy(place, tcp, 100, True))
            self.assertNotIn("access", configs.envoy_bootstrap(place, tcp))


class RigTest(unittest.TestCase):
    """Lock, ports, processes."""

    def test_should_let_one_measurement_run_at_a_time(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench.lock")
            first = rig.BenchLock(0, path)
            first.acquire()
            holder = subprocess.run(["flock", "-n", path, "true"], check=False)
            self.assertNotEqual(0, holder.returncode)
            first.release()
            self.assertEqual(0, subprocess.run(["flock", "-n", path, "true"], check=False).returncode)

    def test_should_be_polite_when_the_lock_is_held_elsewhere(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench.lock")
            holder = subprocess.Popen(["flock", path, "-c", "echo held; read line"], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE)
            try:
                holder.stdout.readline()
                with self.assertRaisesRegex(rig.RigError, "another measurement holds"):
                    rig.BenchLock(0, path).acquire()
            finally:
                holder.communicate(b"\n", timeout=60)

    def test_should_take_over_the_lock_of_a_caller(self):
        script = ("import sys; sys.path.insert(0, sys.argv[1]); from bench import rig; "
                  "lock = rig.BenchLock(0, sys.argv[2]); lock.acquire(); print('mine')")
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bench.lock")
            output = subprocess.run(["flock", path, "python3", "-c", script, root, path], stdout=subprocess.PIPE,
                                    text=True, timeout=60, check=True)
            self.assertEqual("mine\n", output.stdout)

    def test_should_give_each_port_once(self):
        frame = rig.Rig()
        ports = [frame.port() for _ in range(20)]
        self.assertEqual(20, len(set(ports)))

    def test_should_tell_why_a_process_never_listened(self):
        with tempfile.TemporaryDirectory() as folder:
            frame = rig.Rig()
            frame.folder = folder
            child = frame.start("x", ["sh", "-c", "echo no such option; exit 3"])
            with self.assertRaisesRegex(rig.RigError, "ended with 3 before it listened: no such option"):
                rig.await_listener(frame.port(), child, 60)
            frame.stop([child])

    def test_should_keep_a_process_when_the_thread_that_asked_for_it_ends(self):
        with tempfile.TemporaryDirectory() as folder:
            frame = rig.Rig()
            frame.folder = folder
            asking = threading.Thread(target=lambda: frame.start("x", ["sleep", "30"]))
            asking.start()
            asking.join()
            with self.assertRaises(subprocess.TimeoutExpired):
                frame.children[0].wait(0.3)
            frame.stop(frame.children)

    def test_should_end_a_command_that_overruns(self):
        with tempfile.TemporaryDirectory() as folder:
            frame = rig.Rig()
            frame.folder = folder
            with self.assertRaisesRegex(rig.RigError, "did not end within"):
                frame.run(["sleep", "30"], seconds=0.2)
            self.assertEqual([], frame.children)


if __name__ == "__main__":
    unittest.main()
