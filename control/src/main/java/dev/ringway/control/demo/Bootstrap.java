package dev.ringway.control.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The configuration of demo and training: an HTTP listener with the routes of the page, a TCP listener, an admin
 * address.
 */
final class Bootstrap
{
    private static final String TEXT = """
        admin:
          address: { socket_address: { address: 127.0.0.1, port_value: %4$d } }
        static_resources:
          listeners:
          - name: http
            address: { socket_address: { address: 127.0.0.1, port_value: %2$d } }
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: demo
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                  route_config:
                    virtual_hosts:
                    - name: demo
                      domains: ["*"]
                      routes:
                      - match: { path: /hello }
                        direct_response: { status: 200, body: { inline_string: "hello from the proxy itself\\n" } }
                      - match: { prefix: /old }
                        redirect: { path_redirect: / }
                      - match: { prefix: / }
                        route: { cluster: backend }
          - name: tcp
            address: { socket_address: { address: 127.0.0.1, port_value: %3$d } }
            filter_chains:
            - filters:
              - name: envoy.filters.network.tcp_proxy
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                  stat_prefix: demo_tcp
                  cluster: backend
          clusters:
          - name: backend
            connect_timeout: 1s
            circuit_breakers: { thresholds: [{ max_connections: 1024 }] }
            load_assignment:
              cluster_name: backend
              endpoints:
              - lb_endpoints:
                - endpoint: { address: { socket_address: { address: 127.0.0.1, port_value: %1$d } } }
        """;

    private final Path file;
    private final int httpPort;
    private final int tcpPort;
    private final int adminPort;

    private Bootstrap(final Path file, final int httpPort, final int tcpPort, final int adminPort)
    {
        this.file = file;
        this.httpPort = httpPort;
        this.tcpPort = tcpPort;
        this.adminPort = adminPort;
    }

    /**
     * Writes a configuration to a temporary file that goes with the process.
     *
     * @param backendPort   where the backend listens.
     * @param wantsHttpPort port of the HTTP listener, 0 for a free one.
     */
    static Bootstrap write(final int backendPort, final int wantsHttpPort) throws IOException
    {
        final int httpPort = wantsHttpPort != 0 ? wantsHttpPort : freePort();
        final int tcpPort = freePort();
        final int adminPort = freePort();
        final Path file = Files.createTempFile("ringway-demo", ".yaml");
        file.toFile().deleteOnExit();
        Files.writeString(file, TEXT.formatted(backendPort, httpPort, tcpPort, adminPort));
        return new Bootstrap(file, httpPort, tcpPort, adminPort);
    }

    private static int freePort() throws IOException
    {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress()))
        {
            return socket.getLocalPort();
        }
    }

    Path file()
    {
        return file;
    }

    int httpPort()
    {
        return httpPort;
    }

    int tcpPort()
    {
        return tcpPort;
    }

    int adminPort()
    {
        return adminPort;
    }
}
