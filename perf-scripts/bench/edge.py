"""
What an edge adds to a bare proxy, for each kind: 100 routes of which the last one matches, three endpoints, a retry
policy, health checks, a rate limit that nobody reaches, a header more in the request and one in the response. The access
log is a matter of the duty.
"""

ROUTES = 100
HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
RATE = 1000000
BURST = 100000


def backend_listens(port):
    """The backend answers at each of the three endpoints."""
    return "".join(f"\n        listen {host}:{port} backlog=4096;" for host in HOSTS)


def nginx_zone():
    """The rate limit's memory, outside the server."""
    return f"    limit_req_zone $server_name zone=all:1m rate={BURST}r/s;\n"


def nginx_servers(port):
    """nginx checks endpoints only by their answers."""
    return "\n".join(f"        server {host}:{port} max_fails=5 fail_timeout=5s;" for host in HOSTS)


def nginx_locations(proxy):
    """The locations; what all do is said once more in each, as nginx wants it."""
    rules = f"""{proxy}
            proxy_set_header X-Edge yes;
            proxy_next_upstream error timeout http_502 http_503;
            proxy_next_upstream_tries 3;
            add_header X-Served-By edge;
            limit_req zone=all burst={BURST} nodelay;"""
    return "".join(f"\n        location /service-{i}/ {{{rules}\n        }}" for i in range(ROUTES - 1)) + \
        f"\n        location / {{{rules}\n        }}"


def haproxy_rules():
    """Of the frontend: a rate that is counted and compared, headers, routes."""
    lines = ["    stick-table type string size 16 expire 10s store http_req_rate(1s)",
             "    http-request track-sc0 str(all)",
             f"    http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt {RATE} }}",
             "    http-request set-header X-Edge yes", "    http-response set-header X-Served-By edge"]
    lines += [f"    use_backend app if {{ path_beg /service-{i}/ }}" for i in range(ROUTES - 1)]
    return "\n".join(lines + ["    default_backend app"]) + "\n"


def haproxy_servers(port):
    """Of the backend."""
    servers = "\n".join(f"    server app{i} {host}:{port} check inter 1s" for i, host in enumerate(HOSTS))
    return "    balance roundrobin\n    option httpchk GET /small\n    retries 2\n" \
        "    retry-on conn-failure 502 503\n" + servers


def envoy_routes():
    """The routes that Envoy and Ringway share."""
    route = "{ cluster: backend, retry_policy: { retry_on: \"connect-failure,gateway-error\", num_retries: 2 } }"
    matches = [f"/service-{i}/" for i in range(ROUTES - 1)] + ["/"]
    return "\n".join(f"""              - match: {{ prefix: "{match}" }}
                route: {route}""" for match in matches)


def envoy_filters():
    """Before the router."""
    everything = "{ default_value: { numerator: 100, denominator: HUNDRED } }"
    types = "type.googleapis.com/envoy.extensions.filters.http"
    return f"""          - name: envoy.filters.http.local_ratelimit
            typed_config:
              "@type": {types}.local_ratelimit.v3.LocalRateLimit
              stat_prefix: limit
              token_bucket: {{ max_tokens: {RATE}, tokens_per_fill: {RATE}, fill_interval: 1s }}
              filter_enabled: {everything}
              filter_enforced: {everything}
          - name: envoy.filters.http.header_mutation
            typed_config:
              "@type": {types}.header_mutation.v3.HeaderMutation
              mutations:
                request_mutations:
                - append: {{ header: {{ key: x-edge, value: "yes" }}, append_action: OVERWRITE_IF_EXISTS_OR_ADD }}
                response_mutations:
                - append: {{ header: {{ key: x-served-by, value: edge }}, append_action: OVERWRITE_IF_EXISTS_OR_ADD }}
"""


def envoy_health_checks():
    """Of the cluster."""
    return """
    health_checks:
    - timeout: 1s
      interval: 1s
      unhealthy_threshold: 3
      healthy_threshold: 1
      http_health_check: { path: /small }"""
