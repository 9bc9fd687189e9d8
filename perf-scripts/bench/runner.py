"""Starts backend and proxies, warms them, and takes samples in interleaved rounds."""

import dataclasses
import http.client
import os
import time

from bench import configs, h2client, load, numbers, peers, proc
from bench.rig import RigError, await_listener, say, tail

PROXY_CORE = 0
LOAD_CORE = 1
START_SECONDS = 30


@dataclasses.dataclass
class Sample:
    """One round of one proxy: CPU time divided by the units done, and what else was seen."""
    peer: str
    workload: str
    round: int
    count: float
    seconds: float
    errors: int
    user_us: float
    system_us: float
    total_us: float
    per_second: float
    core_share: float
    foreign_share: float
    load_core_share: float
    resident_bytes: int
    latency_us: dict


@dataclasses.dataclass
class Options:
    """How long and how often."""
    rounds: int = 3
    seconds: float = 5
    jvm_warm_up: float = 20
    warm_up: float = 2
    rate: float = 0
    access_log: bool = False
    ringway_access_log: bool = False


class Backend:
    """What all proxies forward to, on the load generator's core: nginx, and grpc_backend.c for calls."""

    def __init__(self, rig):
        self.rig = rig
        self.grpc_port = None
        files = rig.path("files")
        os.makedirs(files)
        for name, size in (("100k", configs.LARGE_BYTES), ("100m", configs.BULK_BYTES)):
            with open(os.path.join(files, name), "wb") as file:
                file.write(b"x" * size)
        self.port, self.http2_port = rig.port(), rig.port()
        self.start_nginx("backend", rig.folder, (self.port, self.http2_port), core=LOAD_CORE)

    def start_nginx(self, name, folder, ports, placed=(), core=None):
        """Starts one that listens on the first port, and for HTTP/2 on the second where there is one."""
        path = peers.KINDS["nginx"].locate(None)
        config = self.rig.write(name + ".conf", configs.backend(ports[0], folder, peers.MAX_CONNECTIONS, *ports[1:]))
        child = self.rig.start(name, [*placed, path, "-e", "stderr", "-p", folder, "-c", config], core)
        await_listener(ports[0], child, START_SECONDS)

    def beside(self):
        """The port of another nginx that answers the same, which waits while anything else wants to run on that core."""
        folder, port = self.rig.path("beside"), self.rig.port()
        os.makedirs(folder)
        self.start_nginx("beside", folder, (port,), placed=["taskset", "-c", str(LOAD_CORE)])
        return port

    def port_for(self, duty):
        """The port for a proxy's duty. What answers calls starts with the first duty that has some."""
        if not duty.grpc:
            return self.http2_port if duty.http2_upstream else self.port
        if self.grpc_port is None:
            port = self.rig.port()
            child = self.rig.start("grpc_backend", [self.rig.build("grpc_backend"), str(port)], LOAD_CORE)
            await_listener(port, child, START_SECONDS)
            self.grpc_port = port
        return self.grpc_port


class Proxy:
    """A running proxy in one duty."""

    def __init__(self, rig, backend, peer, duty, core=PROXY_CORE, environment=None, other=None):
        self.rig = rig
        self.peer = peer
        self.kind = peers.KINDS[peer.kind]
        self.duty = duty
        self.warm = False
        path, self.version = peers.resolve(peer, duty)
        self.place = peers.Place(rig, peer.label, rig.port(), rig.port(), backend.port_for(duty), other)
        if duty.tls:
            rig.certificate()
        command = self.kind.command(path, self.place, duty, peer.options)
        self.child = rig.start(peer.label, command, core, environment)
        await_listener(self.place.listen_port, self.child, START_SECONDS)
        if duty.grpc:
            self.check_call()
        else:
            self.check("/small", len(configs.SMALL_BODY))

    def check_call(self):
        """One gRPC call through the proxy; RigError unless a message and trailers with grpc-status 0 come back."""
        message = configs.GRPC_MESSAGE.encode("ascii")
        try:
            with h2client.connect(self.place.listen_port, self.duty.tls) as client:
                answer = h2client.first_call(client, configs.GRPC_PATH, message)
        except OSError as error:
            raise RigError(f"a call through it failed: {error!r}; its output ends: "
                           f"{tail(self.child.output_path)}") from error
        if answer != (200, message, True):
            raise RigError(f"a call through it gave {answer}, not 200, the message and trailers with grpc-status 0")

    def check(self, path, length):
        """One request through the proxy; RigError unless it is answered as the backend answers it."""
        try:
            status, found = self._get(path)
        except (OSError, http.client.HTTPException) as error:
            raise RigError(f"GET {path} through it failed: {error!r}; its output ends: "
                           f"{tail(self.child.output_path)}") from error
        if status != 200 or found != length:
            raise RigError(f"GET {path} through it gave {status} and {found} bytes, not 200 and {length}")

    def _get(self, path):
        """Status and length of the body."""
        port = self.place.listen_port
        if self.duty.http2:
            with h2client.connect(port, self.duty.tls) as client:
                return h2client.first_get(client, path)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        if self.duty.tls:
            connection.sock = h2client.connect(port, True, "http/1.1")
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, len(answer.read())
        finally:
            connection.close()

    def stop(self):
        """Ends the process."""
        self.rig.stop([self.child])


def named(labels, added=()):
    """The rows with these labels, then the added ones; ValueError for a label that does not exist."""
    known = {peer.label: peer for peer in peers.DEFAULT_PEERS + peers.OTHER_PEERS}
    rows = list(added)
    wanted = [peer.label for peer in peers.DEFAULT_PEERS] if labels is None \
        else [label for label in labels.split(",") if label]
    missing = [label for label in wanted if label not in known]
    if missing:
        raise ValueError(f"no peer {', '.join(missing)}; there are {', '.join(known)}, and --peer adds others")
    return [known[label] for label in wanted] + rows


class Runner:
    """Measures workloads one after another; proxies live on while the duty stays the same."""

    def __init__(self, rig, rows, options):
        self.rig = rig
        self.rows = rows
        self.options = options
        self.backend = Backend(rig)
        self.proxies = {}
        self.duty = None
        self.absent = {}
        self.failed = {}
        self.versions = {}
        self.described = {}
        self.samples = []

    def measure(self, workload):
        """All rounds of one workload."""
        duty = workload.duty(self.options.access_log)
        self._start(duty)
        rate = self._rate(workload) if workload.paced else 0
        for proxy in self._fit(workload):
            self._guarded(proxy, lambda proxy=proxy: self._warm_up(proxy, workload, rate))
        for number in range(1, self.options.rounds + 1):
            for proxy in self._fit(workload):
                self._guarded(proxy, lambda proxy=proxy: self._round(proxy, workload, number, rate))

    def _fit(self, workload):
        """The running proxies that this workload is for; of the others the result says why not."""
        fit = []
        for proxy in self.proxies.values():
            reason = proxy.kind.unfit.get(workload.name)
            if reason is None:
                fit.append(proxy)
            else:
                self.absent[f"{proxy.peer.label} in {workload.name}"] = reason
        return fit

    def close(self):
        """Ends the proxies of the last duty."""
        for proxy in self.proxies.values():
            proxy.stop()
        self.proxies.clear()

    def _start(self, duty):
        if duty == self.duty:
            return
        self.close()
        self.duty = duty
        for peer in self.rows:
            if peer.label in self.failed:
                continue
            try:
                wanted = peers.duty_of(peer, duty)
                if self.options.ringway_access_log and peer.kind == "ringway" and wanted.front != "tcp":
                    wanted = dataclasses.replace(wanted, access_log=True)
                proxy = Proxy(self.rig, self.backend, peer, wanted)
            except peers.Absent as reason:
                self._leave_out(peer, duty, str(reason))
                continue
            except RigError as reason:
                say(f"{peer.label}: FAILED to start: {reason}")
                self.failed[peer.label] = str(reason)
                continue
            self.absent.pop(peer.label, None)
            self.versions[peer.label] = proxy.version
            self.described.setdefault(f"{duty.front}-{duty.back}", {})[peer.label] = peers.describe(peer, wanted)
            self.proxies[peer.label] = proxy
        if not self.proxies:
            raise RigError("no proxy is left to measure")

    def _leave_out(self, peer, duty, reason):
        """Names it once when it does nothing here, and for each duty that its kind cannot do."""
        title = f"{duty.front} to {duty.back}"
        is_named = (duty.front, duty.back) in peers.KINDS[peer.kind].cannot
        name = f"{peer.label} in {title}" if is_named else peer.label
        if name not in self.absent and (is_named or peer.label not in self.versions):
            say(f"{peer.label}: left out of {title}, {reason}")
            self.absent[name] = reason

    def _guarded(self, proxy, step):
        """A proxy that breaks is named and left out; the others go on."""
        try:
            step()
        except (RigError, ProcessLookupError) as reason:
            text = f"{reason}; its output ends: {tail(proxy.child.output_path)}"
            say(f"{proxy.peer.label}: FAILED: {text}")
            self.failed[proxy.peer.label] = text
            self.proxies.pop(proxy.peer.label).stop()

    def _warm_up(self, proxy, workload, rate):
        seconds = self.options.warm_up
        if proxy.kind.jvm:
            whole = self.options.jvm_warm_up * workload.warm_up
            seconds = max(whole / 4, seconds) if proxy.warm and workload.warm_up == 1 else whole
        proxy.warm = True
        if seconds > 0:
            say(f"{workload.name}: warming {proxy.peer.label} for {seconds:g} s")
            load.TOOLS[workload.tool](self.rig, LOAD_CORE, workload, proxy.place.listen_port, seconds, rate)

    def _round(self, proxy, workload, number, rate):
        pids = proc.tree(proxy.child.pid)
        core, load_core = proc.read_core(PROXY_CORE), proc.read_core(LOAD_CORE)
        cpu = proc.CpuReading.of(pids)
        result = load.TOOLS[workload.tool](self.rig, LOAD_CORE, workload, proxy.place.listen_port,
                                           self.options.seconds, rate)
        user, system = proc.CpuReading.of(pids).since(cpu)
        busy, elapsed = (after - before for after, before in zip(proc.read_core(PROXY_CORE), core))
        load_busy, load_elapsed = (after - before for after, before in zip(proc.read_core(LOAD_CORE), load_core))
        if result.count <= 0:
            raise RigError("nothing was answered")
        sample = Sample(
            proxy.peer.label, workload.name, number, result.count, result.seconds, result.errors,
            user * 1e6 / result.count, system * 1e6 / result.count, (user + system) * 1e6 / result.count,
            result.count / result.seconds, (user + system) / elapsed, max(0.0, (busy - user - system) / elapsed),
            load_busy / load_elapsed,
            proc.resident_bytes(pids), result.latency_us)
        self.samples.append(sample)
        say(f"{workload.name}: round {number}, {sample.peer}: {sample.total_us:.2f} us "
            f"({sample.user_us:.2f} + {sample.system_us:.2f}), {sample.per_second:.0f}/s"
            + (f", {sample.errors} ERRORS {result.error_kinds}" if sample.errors else "")
            + (f", others used {sample.foreign_share:.0%} of the core" if sample.foreign_share > 0.05 else ""))

    def _rate(self, workload):
        """
        The rate that all proxies get: the given one, or half of the best reference's closed-loop throughput on the
        same work, measured here for a short time when this run has not measured it yet.
        """
        if self.options.rate:
            return self.options.rate
        throughput = {}
        for sample in self.samples:
            if sample.workload == "h1-small":
                throughput.setdefault(sample.peer, []).append(sample.per_second)
        best = 0
        closed = dataclasses.replace(workload, tool="wrk", paced=False)
        for proxy in self.proxies.values():
            if proxy.kind.reference:
                known = numbers.median(throughput.get(proxy.peer.label, []))
                if known is None:
                    result = load.wrk(self.rig, LOAD_CORE, closed, proxy.place.listen_port, 3, 0)
                    known = result.count / result.seconds
                best = max(best, known)
        if not best:
            raise RigError("a fixed rate needs nginx or HAProxy beside the others, or --rate")
        rate = round(best / 2, -2)
        say(f"{workload.name}: {rate:.0f} requests/s for all, half of the better of nginx and HAProxy")
        self.options.rate = rate
        time.sleep(0.2)
        return rate
