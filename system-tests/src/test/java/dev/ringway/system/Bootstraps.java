package dev.ringway.system;

/** Pieces of bootstraps that Ringway and Envoy both take. */
final class Bootstraps
{
    /**
     * What stands behind {@link #http} where clients are elsewhere: a PROXY header says where. Of one on the same machine
     * Envoy tells another address.
     */
    static final String TOLD = """
            listener_filters:
            - name: told
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
        """;

    /** What stands behind {@link #cluster} where its endpoints speak HTTP/2. */
    static final String HTTP2_CLUSTER = """
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: { http2_protocol_options: {} }
        """;

    private static final String TYPE = "type.googleapis.com/envoy.extensions.filters.";

    private static final String TLS_TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.";

    private Bootstraps()
    {
    }

    static String admin(final int port)
    {
        return "admin: { address: { socket_address: { address: 127.0.0.1, port_value: " + port + " } } }\n" +
            "static_resources:\n  listeners:\n";
    }

    static String tcpAddress(final String host, final int port)
    {
        return "{ socket_address: { address: \"" + host + "\", port_value: " + port + " } }";
    }

    /** An HTTP listener; routes and options are whole lines of YAML, indented for their place. */
    static String http(final String name, final String address, final String options, final String routes)
    {
        return """
              - name: %1$s
                address: %2$s
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": %3$snetwork.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: %1$s
            %4$s
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config: { "@type": %3$shttp.router.v3.Router }
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes:
            %5$s
            """.formatted(name, address, TYPE, options.indent(10), routes.indent(14));
    }

    /** What stands behind {@link #http} or {@link #tcp} where connections are encrypted: fields of the context. */
    static String downstreamTls(final String context)
    {
        return """
                  transport_socket:
                    name: envoy.transport_sockets.tls
                    typed_config: { "@type": %sDownstreamTlsContext, %s }
            """.formatted(TLS_TYPE, context);
    }

    /** What stands behind {@link #cluster} where its connections are encrypted: fields of the context. */
    static String upstreamTls(final String context)
    {
        return """
                transport_socket:
                  name: envoy.transport_sockets.tls
                  typed_config: { "@type": %sUpstreamTlsContext, %s }
            """.formatted(TLS_TYPE, context);
    }

    static String tcp(final String name, final String address, final String cluster)
    {
        return """
              - name: %1$s
                address: %2$s
                filter_chains:
                - filters:
                  - name: envoy.filters.network.tcp_proxy
                    typed_config:
                      "@type": %3$snetwork.tcp_proxy.v3.TcpProxy
                      stat_prefix: %1$s
                      cluster: %4$s
            """.formatted(name, address, TYPE, cluster);
    }

    /** A cluster with one endpoint. Types are STATIC and STRICT_DNS. */
    static String cluster(final String name, final String type, final String address)
    {
        return """
              - name: %1$s
                type: %2$s
                connect_timeout: 30s
                load_assignment:
                  cluster_name: %1$s
                  endpoints: [ { lb_endpoints: [ { endpoint: { address: %3$s } } ] } ]
            """.formatted(name, type, address);
    }
}
