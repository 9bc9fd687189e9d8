"""What the soak run starts, watches and compares."""

import http.client
import os
import re
import sys
import threading
import time

from bench import configs, edge, load, peers, proc, runner, streams, trouble
from bench.rig import RigError, await_listener, say

LEAK = re.compile(r"(loop\.\d+\.(slots|splices|chunks|blocks|queues|exchanges|slots_in_use|buffers_in_use)"
                  r"|cluster\..*\.upstream_(cx|rq|rq_pending)_active|(http|tcp|listener)\..*downstream_(cx|rq)_active"
                  r"|(http|cluster)\..*streams_active|http\..*\.downstream_cx_(http1|http2|upgrades)_active)")
PIPES = re.compile(r"loop\.\d+\.pipes")
GROWTH_BYTES = 48 << 20


def _address(port):
    return f"{{ socket_address: {{ address: 127.0.0.1, port_value: {port} }} }}"


def _cluster(name, port, http2=False):
    return f"""  - name: {name}
    type: STATIC
    connect_timeout: 2s
    load_assignment:
      cluster_name: {name}
      endpoints: [ {{ lb_endpoints: [ {{ endpoint: {{ address: {_address(port)} }} }} ] }} ]
""" + (f"    {configs.HTTP2_CLUSTER.strip()}\n" if http2 else "")


def _manager():
    """Of both HTTP listeners: routes to all upstreams, what an edge's filters do, retries, a log."""
    manager = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
    retries = "retry_policy: { retry_on: \"connect-failure,refused-stream,reset\", num_retries: 2 }"
    return f"""      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/{manager}
          stat_prefix: soak
          stream_idle_timeout: 6s
          request_headers_timeout: 3s
          common_http_protocol_options: {{ idle_timeout: 8s }}
          access_log:
          - name: envoy.access_loggers.file
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
              path: /dev/null
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - match: {{ prefix: "/flaky" }}
                route: {{ cluster: flaky, timeout: 4s }}
              - match: {{ prefix: "/dead" }}
                route: {{ cluster: dead }}
              - match: {{ prefix: "/h2/" }}
                route: {{ cluster: good-http2, timeout: 10s, prefix_rewrite: "/", {retries} }}
              - match: {{ prefix: "/" }}
                route: {{ cluster: good, timeout: 10s, {retries} }}
          http_filters:
{edge.envoy_filters()}          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
"""


def bootstrap(ports, certificate):
    """HTTP in clear and on TLS, with four clusters (good twice, misbehaving, dead), and a TCP relay; short time-outs."""
    return f"""admin: {{ address: {_address(ports["admin"])} }}
static_resources:
  listeners:
  - name: http
    address: {_address(ports["http"])}
    filter_chains:
    - filters:
{_manager()}  - name: https
    address: {_address(ports["tls"])}
    filter_chains:
    - transport_socket_connect_timeout: 5s
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          common_tls_context:
            alpn_protocols: [h2, http/1.1]
            tls_certificates:
            - {{ certificate_chain: {{ filename: "{certificate}" }}, private_key: {{ filename: "{certificate}" }} }}
      filters:
{_manager()}  - name: tcp
    address: {_address(ports["tcp"])}
    filter_chains:
    - filters:
      - name: envoy.filters.network.tcp_proxy
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
          stat_prefix: soak
          cluster: echo
          idle_timeout: 10s
  clusters:
{_cluster("good", ports["good"])}{_cluster("good-http2", ports["good2"], http2=True)}\
{_cluster("flaky", ports["flaky"])}{_cluster("dead", ports["dead"])}{_cluster("echo", ports["echo"])}"""


def parse_stats(text):
    """{name: number} of /stats; values that are no numbers are left out."""
    stats = {}
    for line in text.splitlines():
        name, separator, value = line.rpartition(": ")
        if separator and re.fullmatch(r"-?\d+", value):
            stats[name] = int(value)
    return stats


def leak_gauges(stats):
    """Those that must return to where they were when all traffic has ended."""
    return {name: value for name, value in stats.items() if LEAK.fullmatch(name)}


def pipe_ends(stats):
    """Descriptors that loops keep for what they may splice later."""
    return 2 * sum(value for name, value in stats.items() if PIPES.fullmatch(name))


def differences(before, after):
    """Lines for all gauges above their baseline; a gauge that was not there before had 0."""
    return [f"{name}: {before.get(name, 0)} before, {value} after"
            for name, value in sorted(after.items()) if value > before.get(name, 0)]


class Soak:
    """One Ringway, its upstreams, its clients."""

    def __init__(self, rig, peer, seed, concurrency):
        self.rig = rig
        self.seed = seed
        self.ports = {name: rig.port() for name in ("admin", "http", "tls", "tcp", "flaky", "echo", "dead",
                                                   "good", "good2")}
        self.upstreams = {}
        self.counts = {}
        self.wrong = []
        self.kills = 0
        self.guard = threading.Lock()
        self.stopping = threading.Event()
        self.threads = []
        self._files()
        self.start_upstreams()
        path, self.version = peers.resolve(peer, peers.Duty("h1", "h1"))
        rig.certificate()
        config = rig.write("soak.yaml", bootstrap(self.ports, rig.path("front.pem")))
        self.child = rig.start("ringway", [path, "-c", config, "--concurrency", str(concurrency), "-l", "warn"],
                               runner.PROXY_CORE if concurrency == 1 else None)
        for name in ("http", "tls", "tcp", "admin"):
            await_listener(self.ports[name], self.child, runner.START_SECONDS)
        self.target = trouble.Target(self.ports["http"], self.ports["tcp"], self.ports["tls"])

    def _files(self):
        files = self.rig.path("files")
        os.makedirs(files)
        for name, size in (("100k", configs.LARGE_BYTES), ("100m", configs.BULK_BYTES)):
            with open(os.path.join(files, name), "wb") as file:
                file.write(b"x" * size)

    def start_upstreams(self):
        """nginx and the misbehaving one, as far as they do not run."""
        if "good" not in self.upstreams:
            config = self.rig.write("good.conf", configs.backend(
                self.ports["good"], self.rig.folder, 4096, self.ports["good2"]))
            self.upstreams["good"] = self.rig.start(
                "good", [peers.KINDS["nginx"].locate(None), "-e", "stderr", "-p", self.rig.folder, "-c", config],
                runner.LOAD_CORE)
            await_listener(self.ports["good"], self.upstreams["good"], runner.START_SECONDS)
        if "flaky" not in self.upstreams:
            script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faulty.py")
            self.upstreams["flaky"] = self.rig.start(
                "flaky", [sys.executable, "-B", script, str(self.ports["flaky"]), str(self.ports["echo"])],
                runner.LOAD_CORE)
            for name in ("flaky", "echo"):
                await_listener(self.ports[name], self.upstreams["flaky"], runner.START_SECONDS)

    def stop_upstreams(self, *names):
        """Ends upstreams, so that pooled connections to them end too."""
        for name in names:
            if name in self.upstreams:
                self.rig.stop([self.upstreams.pop(name)])

    def stats(self):
        """All numbers of /stats; RigError when admin does not answer in time."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["admin"], timeout=5)
        try:
            connection.request("GET", "/stats")
            return parse_stats(connection.getresponse().read().decode())
        except (OSError, http.client.HTTPException) as error:
            raise RigError(f"admin did not answer /stats: {error!r}") from error
        finally:
            connection.close()

    def descriptors(self, stats):
        """Open descriptors but those of pipes that are kept."""
        count = proc.descriptors(self.child.pid)
        if count is None:
            raise RigError("the process has ended")
        return count - pipe_ends(stats)

    def settled(self, baseline, descriptors, seconds):
        """
        Waits until all leak gauges and the descriptors are at or below the baseline. Returns what is still above.
        """
        deadline = time.monotonic() + seconds
        while True:
            stats = self.stats()
            left = differences(baseline, leak_gauges(stats))
            now = self.descriptors(stats)
            if descriptors is not None and now > descriptors:
                left.append(f"descriptors: {descriptors} before, {now} after")
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.5)

    def sample(self):
        """A row of the report."""
        stats = self.stats()
        gauges = leak_gauges(stats)

        def total(suffix):
            return sum(value for name, value in gauges.items() if re.fullmatch(r"loop\.\d+\." + suffix, name))

        return {"rss": proc.rss_bytes([self.child.pid]), "heap": stats.get("server.memory_allocated", 0),
                "descriptors": proc.descriptors(self.child.pid), "slots": total("slots"), "chunks": total("chunks"),
                "exchanges": total("exchanges"),
                "requests": stats.get("http.soak.downstream_rq_total", 0)}

    def launch(self, commands):
        """Starts all actors, the killer and the load generators: {name: (command, port, path)}."""
        for name, actor in {**trouble.ACTORS, **streams.ACTORS}.items():
            self._thread(lambda name=name, actor=actor: self._act(name, actor))
        self._thread(self._kill)
        for name, (command, port, path) in commands.items():
            scheme = "https" if port == "tls" else "http"
            url = f"{scheme}://127.0.0.1:{self.ports[port]}{path}"
            self._thread(lambda name=name, words=command + [url]: self._generate(name, words))

    def join(self):
        """Tells all to stop and waits for them."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(trouble.SILENCE_SECONDS + 30)
            if thread.is_alive():
                raise RigError("a client did not stop")

    def _thread(self, function):
        thread = threading.Thread(target=function, daemon=True)
        thread.start()
        self.threads.append(thread)

    def _count(self, word):
        with self.guard:
            self.counts[word] = self.counts.get(word, 0) + 1

    def _act(self, name, actor):
        dice = trouble.dice_of(self.seed, name)
        while not self.stopping.is_set():
            try:
                self._count(actor(self.target, dice))
            except trouble.Wrong as error:
                with self.guard:
                    self.wrong.append(str(error))
                say(f"WRONG: {error}")
            except OSError as error:
                self._count(f"{name} {type(error).__name__}")
            self.stopping.wait(0.02)

    def _kill(self):
        dice = trouble.dice_of(self.seed, "kill")
        while not self.stopping.wait(dice.uniform(4, 12)):
            name = dice.choice(("good", "flaky", "flaky"))
            self.target.disturb(name)
            self.stop_upstreams(name)
            self.kills += 1
            self.stopping.wait(dice.uniform(0.2, 2))
            self.start_upstreams()
            self.target.disturb(name)

    def _generate(self, name, command):
        read = load.parse_wrk if command[0] == "wrk" else load.parse_h2load
        while not self.stopping.is_set():
            try:
                done = read(self.rig.run(command, runner.LOAD_CORE, 60)).count
                with self.guard:
                    self.counts[name] = self.counts.get(name, 0) + done
            except RigError as error:
                self._count(f"{name} failed")
                if self.child.poll() is not None:
                    say(str(error))
                    return
