package dev.ringway.system;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** An endpoint sees the same values behind the addresses of a PROXY header from Ringway and from Envoy. */
final class ProxyValuesComparisonTest
{
    private static final String TYPE = "type.googleapis.com/envoy.extensions.";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String ADDRESSES = "01020304 05060708 03e8 0051";
    private static final Map<String, String> KEPT = Map.of("all", "pass_through_tlvs: {}",
        "some", "pass_through_tlvs: { match_type: INCLUDE, tlv_type: [5, 224] }", "none", "");

    @TempDir
    private static Path directory;

    private static ServerSocket endpoint;
    private static Pair<Side> sides;

    private static final class Side implements AutoCloseable
    {
        private final Program program;
        private final Map<String, Integer> ports = new HashMap<>();

        private Side(final boolean isEnvoy) throws Exception
        {
            final StringBuilder listeners = new StringBuilder();
            for (final Map.Entry<String, String> kept : KEPT.entrySet())
            {
                for (final String told : List.of("plain", "added", "passed"))
                {
                    final String name = kept.getKey() + "-" + told;
                    ports.put(name, Program.freePort());
                    listeners.append(Bootstraps.tcp(name, Bootstraps.tcpAddress("127.0.0.1", ports.get(name)), told))
                        .append("    listener_filters: [ { name: p, typed_config: { \"@type\": " + TYPE +
                            "filters.listener.proxy_protocol.v3.ProxyProtocol, " + kept.getValue() + " } } ]\n");
                }
            }
            final int adminPort = Program.freePort();
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort) + listeners + "  clusters:\n" + cluster("plain", "") +
                    cluster("added", ", added_tlvs: [{ type: 5, value: YWI= }, { type: 1, value: AA== }, " +
                        "{ type: 5, value: Yw== }], pass_through_tlvs: { match_type: INCLUDE_ALL }") +
                    cluster("passed", ", pass_through_tlvs: { match_type: INCLUDE, tlv_type: [5, 6] }"));
            program = Peers.either(isEnvoy, directory, file);
            program.awaitPort(adminPort);
            for (final int port : ports.values())
            {
                program.awaitPort(port);
            }
        }

        private static String cluster(final String name, final String more)
        {
            return Bootstraps.cluster(
                name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", endpoint.getLocalPort())) + """
                    transport_socket:
                      name: p
                      typed_config:
                        "@type": %1$stransport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport
                        config: { version: V2%2$s }
                        transport_socket:
                          { name: r, typed_config: { "@type": %1$stransport_sockets.raw_buffer.v3.RawBuffer } }
                """.formatted(TYPE, more);
        }

        public void close() throws IOException
        {
            program.close();
        }
    }

    @BeforeAll
    static void start() throws Exception
    {
        endpoint = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        endpoint.setSoTimeout(Patience.MS);
        sides = Pair.start(Side::new);
    }

    @AfterAll
    static void stop() throws Exception
    {
        Pair.stop(sides);
        endpoint.close();
    }

    /** What the endpoint sees of a connection up to the byte behind the header, or that the connection is closed. */
    private static String seen(final Side side, final String listener, final byte[] header) throws Exception
    {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), side.ports.get(listener)))
        {
            socket.setSoTimeout(Patience.MS);
            socket.getOutputStream().write(header);
            socket.getOutputStream().write('!');
            socket.getOutputStream().flush();
            // Connections that only looked whether the port is there come first.
            while (true)
            {
                try (Socket accepted = endpoint.accept())
                {
                    accepted.setSoTimeout(Patience.MS);
                    final DataInputStream in = new DataInputStream(accepted.getInputStream());
                    final byte[] fixed = in.readNBytes(16);
                    if (fixed.length == 16)
                    {
                        final int length = (fixed[14] & 0xFF) << 8 | fixed[15] & 0xFF;
                        return HexFormat.of().formatHex(fixed) + HexFormat.of().formatHex(in.readNBytes(length + 1));
                    }
                }
            }
        }
    }

    private static byte[] header(final String values)
    {
        final String rest = (ADDRESSES + values).replace(" ", "");
        return HexFormat.of().parseHex(SIGNATURE + "2111" + "%04x".formatted(rest.length() / 2) + rest);
    }

    @ParameterizedTest
    @CsvSource({"all", "some", "none"})
    void shouldTellEndpointsTheSame(final String kept) throws Exception
    {
        for (final String told : List.of("plain", "added", "passed"))
        {
            for (final String values : List.of("", "05 0001 61", "05 0001 61 06 0002 6263 05 0001 64 e0 0003 656667",
                "06 0001 00 01 0001 01 ff 0001 02", "e0 0bb8 " + "41".repeat(3000) + "05 0001 61"))
            {
                final String name = kept + "-" + told;
                assertEquals(seen(sides.envoy(), name, header(values)), seen(sides.ringway(), name, header(values)),
                    name + ": " + values);
            }
        }
    }
}
