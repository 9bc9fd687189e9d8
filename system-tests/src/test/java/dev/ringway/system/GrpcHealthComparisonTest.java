package dev.ringway.system;

import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy ask grpc-java for its health by gRPC and by HTTP/2 in the same words, and judge it the same. */
final class GrpcHealthComparisonTest
{
    private static final String PATH = "grpc.health.v1.Health/Check";
    /** Checks by the name of their cluster. */
    private static final Map<String, String> CHECKS = new LinkedHashMap<>();

    static
    {
        CHECKS.put("whole", "grpc_health_check: {}");
        CHECKS.put("serving", "grpc_health_check: { service_name: serving, authority: some.host, " +
            "initial_metadata: [ { header: { key: X-Mine, value: me } } ] }");
        CHECKS.put("not", "grpc_health_check: { service_name: not }");
        CHECKS.put("none", "grpc_health_check: { service_name: none }");
        CHECKS.put("empty", "grpc_health_check: { service_name: empty }");
        CHECKS.put("silent", "grpc_health_check: { service_name: silent }");
        CHECKS.put("dead", "grpc_health_check: {}");
        CHECKS.put("http2", "http_health_check: { path: /hc, codec_client_type: HTTP2, method: POST, " +
            "request_headers_to_add: [ { header: { key: content-type, value: application/grpc } } ] }");
        CHECKS.put("http2wrong", "http_health_check: { path: /hc, codec_client_type: HTTP2, host: some.host, " +
            "expected_statuses: [ { start: 299, end: 300 } ] }");
    }

    @TempDir
    private static Path directory;

    /** Takes messages as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]>
    {
        public InputStream stream(final byte[] value)
        {
            return new ByteArrayInputStream(value);
        }

        public byte[] parse(final InputStream stream)
        {
            try
            {
                return stream.readAllBytes();
            }
            catch (final IOException e)
            {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What is asked for its health, and notes how it is asked. */
    private static final class Backend extends HandlerRegistry implements AutoCloseable
    {
        private final Map<String, String> seen = new ConcurrentHashMap<>();
        private final Server server = ServerBuilder.forPort(0).fallbackHandlerRegistry(this).build();

        private Backend() throws IOException
        {
            server.start();
        }

        public ServerMethodDefinition<?, ?> lookupMethod(final String name, final String authority)
        {
            return !name.equals(PATH) ? null : ServerMethodDefinition.create(MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName(PATH).setRequestMarshaller(new Bytes())
                .setResponseMarshaller(new Bytes()).build(), this::onCall);
        }

        private ServerCall.Listener<byte[]> onCall(final ServerCall<byte[], byte[]> call, final Metadata head)
        {
            call.request(2);
            return new ServerCall.Listener<>()
            {
                public void onMessage(final byte[] message)
                {
                    final String service = message.length == 0 ? "" : new String(message, 2, message.length - 2, UTF_8);
                    final Map<String, String> fields = new TreeMap<>();
                    head.keys().forEach(name -> fields.put(
                        name, head.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER))));
                    seen.put(service, call.getAuthority() + " " + fields);
                    answer(call, service);
                }
            };
        }

        private static void answer(final ServerCall<byte[], byte[]> call, final String service)
        {
            switch (service)
            {
                case "none" -> call.close(Status.NOT_FOUND, new Metadata());
                case "silent" ->
                {
                    // Time will run out.
                }
                default ->
                {
                    call.sendHeaders(new Metadata());
                    call.sendMessage(service.equals("empty") ? new byte[0] :
                        new byte[] {8, (byte)(service.equals("not") ? 2 : 1)});
                    call.close(Status.OK, new Metadata());
                }
            }
        }

        public void close()
        {
            server.shutdownNow();
        }
    }

    private static String cluster(final String name, final int port)
    {
        return Bootstraps.cluster(
            name, "STATIC", Bootstraps.tcpAddress("127.0.0.1", name.equals("dead") ? 1 : port)) +
            Bootstraps.HTTP2_CLUSTER + "    health_checks: [ { timeout: " + (name.equals("silent") ? "0.2" : "50") +
            "s, interval: 0.05s, no_traffic_interval: 0.05s, unhealthy_threshold: 3, healthy_threshold: 1, " +
            CHECKS.get(name) + " } ]\n";
    }

    /** What became of the checks, and how they asked, by cluster. */
    private static Map<String, String> observe(final boolean isEnvoy) throws Exception
    {
        final int adminPort = Program.freePort();
        final StringBuilder clusters = new StringBuilder("  clusters:\n");
        try (Backend backend = new Backend())
        {
            CHECKS.keySet().forEach(name -> clusters.append(cluster(name, backend.server.getPort())));
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                Bootstraps.admin(adminPort).replace("  listeners:\n", "") + clusters);
            try (Program program = Peers.either(isEnvoy, directory, file))
            {
                program.awaitPort(adminPort);
                final Admin admin = new Admin(adminPort);
                final Map<String, String> found = new TreeMap<>();
                for (final String name : CHECKS.keySet())
                {
                    Patience.await(() -> count(admin, name, "success") + count(admin, name, "failure") > 3,
                        () -> "checks of " + name);
                    Patience.await(() -> count(admin, name, "healthy") == (count(admin, name, "success") > 0 ? 1 : 0),
                        () -> "what checks of " + name + " found");
                    found.put(name, "healthy " + count(admin, name, "healthy") +
                        ", successes " + (count(admin, name, "success") > 0) +
                        ", failures " + (count(admin, name, "failure") > 0) +
                        ", of the network " + (count(admin, name, "network_failure") > 0));
                }
                // A check whose time is over may be seen behind that.
                Patience.await(() -> backend.seen.containsKey("silent"), backend.seen::toString);
                found.put("asked", new TreeMap<>(backend.seen).toString());
                return found;
            }
        }
    }

    private static long count(final Admin admin, final String cluster, final String what) throws Exception
    {
        return admin.stats().getOrDefault("cluster." + cluster + ".health_check." + what, 0L);
    }

    @Test
    void shouldAskAndJudgeAsEnvoyDoes() throws Exception
    {
        final Map<String, String> expected = observe(true);
        assertTrue(expected.get("serving").startsWith("healthy 1") && expected.get("not").startsWith("healthy 0") &&
            expected.get("asked").contains("x-mine=me"), expected.toString());
        assertEquals(expected.toString().replace("}, ", "},\n"), observe(false).toString().replace("}, ", "},\n"));
    }
}
