"""Configuration files of the proxies and of the backend, one function each. Single upstream, single listener."""

import os

from bench import edge

STREAM_MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so"
SMALL_BODY = "x" * 116
LARGE_BYTES = 100 * 1024
BULK_BYTES = 100 * 1024 * 1024
GRPC_PATH = "/ringway.Bench/Call"
GRPC_MESSAGE = "\0\0\0\0\x64" + "x" * 100
POOL = 4096
NEVER = 1000000000


def backend(port, folder, connections, http2_port=None):
    """
    nginx that answers /small (116 bytes), /100k and /100m, one worker, endless keep-alive; HTTP/1.1 on one port, and
    HTTP/2 in clear on another where one is given.
    """
    http2 = f"\n        listen 127.0.0.1:{http2_port} http2 backlog=4096;" if http2_port else ""
    return f"""daemon off;
user root;
worker_processes 1;
worker_rlimit_nofile {connections + 64};
pid {folder}/backend.pid;
error_log {folder}/backend.err error;
events {{ worker_connections {connections}; }}
http {{
    access_log off;
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    keepalive_requests {NEVER};
    keepalive_timeout 3600s;
    open_file_cache max=16 inactive=3600s;
    open_file_cache_valid 3600s;
    server {{{edge.backend_listens(port)}{http2}
        root {folder}/files;
        location = /small {{ return 200 "{SMALL_BODY}"; }}
    }}
}}
"""


def _nginx_frame(place, connections, rest):
    return f"""daemon off;
user root;
worker_processes 1;
worker_rlimit_nofile {connections + 64};
pid {place.rig.folder}/{place.label}.pid;
error_log {place.rig.folder}/{place.label}.err error;
{_stream_module() if "stream {" in rest else ""}events {{ worker_connections {connections}; }}
{rest}"""


def _stream_module():
    """Debian ships the stream module as a file of its own; other builds have it inside."""
    return f"load_module {STREAM_MODULE};\n" if os.path.exists(STREAM_MODULE) else ""


def certificate(place):
    """Where a listener on TLS finds its certificate and the key, both in one file (see Rig.certificate)."""
    return f"{place.rig.folder}/front.pem"


def nginx_http(place, duty, connections):
    """Reverse proxy with a keep-alive pool large enough for every workload."""
    log = f"access_log {place.rig.folder}/{place.label}.access combined buffer=64k flush=1s;" \
        if duty.access_log else "access_log off;"
    tls = f"""
        ssl_certificate {certificate(place)};
        ssl_certificate_key {certificate(place)};
        ssl_protocols TLSv1.3;""" if duty.tls else ""
    servers = edge.nginx_servers(place.upstream_port) if duty.edge else \
        f"        server 127.0.0.1:{place.upstream_port};"
    proxy = """
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;"""
    if duty.grpc:
        proxy = """
            grpc_pass grpc://backend;
            grpc_set_header Host $http_host;
            grpc_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            grpc_set_header X-Forwarded-Proto $scheme;"""
    locations = edge.nginx_locations(proxy) if duty.edge else f"\n        location / {{{proxy}\n        }}"
    return _nginx_frame(place, 2 * connections, f"""http {{
    {log}
{edge.nginx_zone() if duty.edge else ""}    keepalive_requests {NEVER};
    keepalive_timeout 3600s;
    proxy_temp_path {place.rig.folder}/{place.label}-temp;
    proxy_max_temp_file_size 0;
    upstream backend {{
{servers}
        keepalive {POOL};
        keepalive_requests {NEVER};
        keepalive_timeout 3600s;
    }}
    server {{
        listen 127.0.0.1:{place.listen_port}{" ssl" * duty.tls}{" http2" * duty.http2} backlog=4096;{tls}{locations}
    }}
}}
""")


def nginx_stream(place):
    """TCP relay."""
    return _nginx_frame(place, 4096, f"""stream {{
    access_log off;
    server {{
        listen 127.0.0.1:{place.listen_port} backlog=4096;
        proxy_pass 127.0.0.1:{place.upstream_port};
        proxy_buffer_size 64k;
    }}
}}
""")


def haproxy(place, duty, connections, splice):
    """HTTP with reuse of idle upstream connections, or a TCP relay with or without splicing."""
    tcp = duty.front == "tcp"
    log = "    log stdout len 1024 format raw local0\n    option httplog\n" if duty.access_log and not tcp else ""
    reuse = "" if duty.edge else "    http-reuse always\n"
    mode = "    mode tcp\n" if tcp else f"    mode http\n{reuse}    option forwardfor\n" \
        f"    http-request set-header X-Forwarded-Proto {'https' if duty.tls else 'http'}\n"
    front = f" ssl crt {certificate(place)} ssl-min-ver TLSv1.3 alpn {'h2' if duty.http2 else 'http/1.1'}" \
        if duty.tls else " proto h2" if duty.http2 else ""
    server = f"    server backend 127.0.0.1:{place.upstream_port}{' proto h2' * duty.http2_upstream}"
    if duty.edge:
        mode, server = mode + log + edge.haproxy_rules() + "backend app\n    mode http\n    http-reuse always\n", \
            edge.haproxy_servers(place.upstream_port)
        log = ""
    return f"""global
    nbthread 1
    maxconn {connections}
defaults
    timeout connect 5s
    timeout client 3600s
    timeout server 3600s
    timeout http-keep-alive 3600s
    maxconn {connections}
{"    option splice-auto" if splice else ""}
{"frontend" if duty.edge else "listen"} proxy
    bind 127.0.0.1:{place.listen_port} backlog 4096{front}
{mode}{log}{server}
"""


def _address(port, host="127.0.0.1"):
    return f"{{ socket_address: {{ address: {host}, port_value: {port} }} }}"


def _http_filter(place, duty):
    log = f"""
          access_log:
          - name: envoy.access_loggers.file
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
              path: {place.rig.folder}/{place.label}.access""" if duty.access_log else ""
    routes = edge.envoy_routes() if duty.edge else \
        "              - match: { prefix: \"/\" }\n                route: { cluster: backend }"
    if place.other:
        routes = f"              - match: {{ path: {place.other[0]} }}\n" \
            f"                route: {{ cluster: other, prefix_rewrite: /small }}\n{routes}"
    codec = "\n          codec_type: HTTP2" if duty.http2 and not duty.tls else ""
    return f"""      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: ingress{log}{codec}
          use_remote_address: true
          route_config:
            name: local
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
{routes}
          http_filters:
{edge.envoy_filters() if duty.edge else ""}          - name: envoy.filters.http.router
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"""


_TCP_FILTER = """      - name: envoy.filters.network.tcp_proxy
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
          stat_prefix: relay
          cluster: backend"""


def _transport_socket(place, duty):
    return f"""
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          common_tls_context:
            alpn_protocols: ["{"h2" if duty.http2 else "http/1.1"}"]
            tls_params: {{ tls_minimum_protocol_version: TLSv1_3, tls_maximum_protocol_version: TLSv1_3 }}
            tls_certificates:
            - certificate_chain: {{ filename: "{certificate(place)}" }}
              private_key: {{ filename: "{certificate(place)}" }}"""


HTTP2_CLUSTER = """
    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: { http2_protocol_options: {} }"""


def envoy_bootstrap(place, duty):
    """The bootstrap that Envoy and Ringway share."""
    network_filter = _TCP_FILTER if duty.front == "tcp" else _http_filter(place, duty)
    transport = _transport_socket(place, duty) if duty.tls else ""
    http2 = HTTP2_CLUSTER if duty.http2_upstream else ""
    checks = edge.envoy_health_checks() if duty.edge else ""
    hosts = edge.HOSTS if duty.edge else edge.HOSTS[:1]
    endpoints = "\n".join(_endpoint(place.upstream_port, host) for host in hosts)
    other = _endpoint(place.other[1], hosts[0]) if place.other else None
    return f"""admin:
  address: {_address(place.admin_port)}
static_resources:
  listeners:
  - name: proxy
    address: {_address(place.listen_port)}
    filter_chains:
    - filters:
{network_filter}{transport}
  clusters:
{_cluster("backend", http2 + checks, endpoints)}{_cluster("other", "", other) if other else ""}"""


def _cluster(name, more, endpoints):
    return f"""  - name: {name}
    type: STATIC
    connect_timeout: 5s{more}
    circuit_breakers:
      thresholds:
      - max_connections: 100000
        max_pending_requests: 100000
        max_requests: 1000000
    load_assignment:
      cluster_name: {name}
      endpoints:
      - lb_endpoints:
{endpoints}
"""


def _endpoint(port, host):
    return f"""        - endpoint:
            address: {_address(port, host)}"""
