"""What is measured, as data."""

import dataclasses

from bench import configs
from bench.peers import Duty


@dataclasses.dataclass(frozen=True)
class Workload:
    """
    One table. `tool` makes the load (see load.py), `unit` is what the CPU time is divided by, `paced` says that the
    load has a fixed rate and that latency is what counts, `warm_up` how many times as long as in others a JVM proxy
    warms up, because compiling goes on for longer; above 1 it does so however warm other workloads made it. `streams`
    is how many requests each HTTP/2 connection has in flight, 0 with HTTP/1.1. With a `body` requests are POSTs of it.
    """
    name: str
    title: str
    front: str
    back: str
    tool: str
    connections: int
    path: str
    unit: str = "request"
    headers: tuple = ()
    paced: bool = False
    warm_up: int = 1
    streams: int = 0
    body: str = ""

    def duty(self, access_log):
        """What a proxy is asked to do in this workload. TCP relays log nothing in any run, an edge always logs."""
        return Duty(self.front, self.back, self.front == "edge" or access_log and self.front != "tcp")


WORKLOADS = {workload.name: workload for workload in [
    Workload("h1-small", "HTTP/1.1 keep-alive, 64 connections, 116-byte body", "h1", "h1", "wrk", 64, "/small"),
    Workload("h1-small-2000", "HTTP/1.1 keep-alive, 2,000 connections, 116-byte body", "h1", "h1", "wrk", 2000,
             "/small", warm_up=3),
    Workload("h1-100k", "HTTP/1.1 keep-alive, 64 connections, 100 KiB body", "h1", "h1", "wrk", 64, "/100k"),
    Workload("h1-newconn", "HTTP/1.1, a new connection per request, 64 at a time, 116-byte body", "h1", "h1", "wrk", 64,
             "/small", headers=("Connection: close",)),
    Workload("h1-edge", "HTTP/1.1 keep-alive, 64 connections, 116-byte body, with all that an edge does", "edge", "h1",
             "wrk", 64, "/small"),
    Workload("h1-half-rate", "HTTP/1.1 keep-alive, 64 connections, 116-byte body, fixed rate", "h1", "h1", "paced", 64,
             "/small", paced=True),
    Workload("tcp", "TCP relay, 4 connections, transfers of 100 MiB", "tcp", "tcp", "tcp", 4, "/100m", unit="MiB"),
    Workload("h2-h1", "HTTP/2 in clear to HTTP/1.1, 64 connections of 10 streams, 116-byte body", "h2", "h1", "h2load",
             64, "/small", streams=10),
    Workload("h2-h2", "HTTP/2 in clear to HTTP/2, 64 connections of 10 streams, 116-byte body", "h2", "h2", "h2load",
             64, "/small", streams=10),
    Workload("grpc-unary", "gRPC calls, HTTP/2 in clear to HTTP/2, 64 connections of 10 streams, 100-byte messages",
             "h2", "grpc", "h2load", 64, configs.GRPC_PATH, unit="call",
             headers=("content-type: application/grpc", "te: trailers"), streams=10, body=configs.GRPC_MESSAGE),
    Workload("tls-h1", "HTTP/1.1 on TLS to HTTP/1.1, 64 connections, 116-byte body", "tls-h1", "h1", "h2load", 64,
             "/small"),
    Workload("tls-h2", "HTTP/2 on TLS to HTTP/1.1, 64 connections of 10 streams, 116-byte body", "tls-h2", "h1",
             "h2load", 64, "/small", streams=10),
    Workload("tls-100k", "HTTP/1.1 on TLS to HTTP/1.1, 64 connections, 100 KiB body", "tls-h1", "h1", "h2load", 64,
             "/100k"),
    Workload("tls-newconn", "HTTP/1.1 on TLS, a full handshake per request, 64 at a time, 116-byte body", "tls-h1",
             "h1", "wrk", 64, "/small", headers=("Connection: close",)),
]}
