package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Ringway and Envoy tell the same of clients that come over unix sockets, and of endpoints that are reached over them. */
final class UnixClientComparisonTest
{
    private static final List<String> OPERATORS = Stream.of("DOWNSTREAM_REMOTE", "DOWNSTREAM_DIRECT_REMOTE",
        "DOWNSTREAM_LOCAL", "DOWNSTREAM_DIRECT_LOCAL", "UPSTREAM_REMOTE", "UPSTREAM_LOCAL")
        .flatMap(end -> Stream.of("_ADDRESS", "_ADDRESS_WITHOUT_PORT", "_PORT").map(what -> end + what)).toList();
    private static final List<String> MORE = List.of("UPSTREAM_HOST", "UPSTREAM_HOST_NAME",
        "UPSTREAM_HOST_NAME_WITHOUT_PORT", "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(8)",
        "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT(8)", "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT(8)");
    private static final String TEXT = "text_format_source: { inline_string: \"" +
        Stream.concat(OPERATORS.stream(), MORE.stream()).map(name -> name + "=%" + name + "%")
            .collect(Collectors.joining(" ")) +
        " for=%REQ(X-FORWARDED-FOR)% external=%REQ(X-ENVOY-EXTERNAL-ADDRESS)%\\n\" }";
    private static final String JSON = "json_format: { " +
        Stream.concat(OPERATORS.stream(), MORE.stream()).map(name -> "\"" + name + "\": \"%" + name + "%\"")
            .collect(Collectors.joining(", ")) + " }";
    private static final String FIELDS = Stream.of("REMOTE", "DIRECT_REMOTE").flatMap(end ->
        Stream.of("_ADDRESS", "_ADDRESS_WITHOUT_PORT").map(what -> "DOWNSTREAM_" + end + what))
        .map(name -> "{ header: { key: x-" + name.toLowerCase().replace('_', '-') + ", value: \"[%" + name + "%]\" } }")
        .collect(Collectors.joining(", "));
    /** What an endpoint says of the request that it got. */
    private static final String ECHO = "- match: { prefix: / }\n  direct_response: { status: 200 }\n" +
        "  response_headers_to_add: [ " + Stream.of("x-forwarded-for", "x-envoy-internal",
        "x-envoy-external-address", "x-forwarded-proto", "x-downstream-remote-address",
        "x-downstream-direct-remote-address-without-port")
        .map(name -> "{ header: { key: e-" + name + ", value: \"<%REQ(" + name + ")%>\" } }")
        .collect(Collectors.joining(", ")) + " ]\n";
    private static final String ROUTE =
        "- match: { prefix: / }\n  route: { cluster: echo }\n  request_headers_to_add: [ " + FIELDS + " ]\n" +
        "  response_headers_to_add: [ " + FIELDS + " ]\n";
    private static final String FILTER = "    listener_filters: [ { name: p, typed_config: { \"@type\": " +
        "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol } } ]\n";

    private static final String FORWARDED = "x-forwarded-for: 192.0.2.1, 198.51.100.7\r\n";

    @TempDir
    private static Path directory;

    @RegisterExtension
    private static final Sides<Side> SIDES = new Sides<>(Side::new);

    /** One of the two. */
    private static final class Side implements AutoCloseable
    {
        private final String name;
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            name = isEnvoy ? "envoy" : "ringway";
            final int adminPort = Program.freePort();
            final String edge = "use_remote_address: true\n";
            final Path file = Files.writeString(directory.resolve(name + ".yaml"), Bootstraps.admin(adminPort) +
                http("echo", "", ECHO) + http("inner", "", ROUTE) + http("edge", edge, ROUTE) +
                http("told", edge, ROUTE).replace("    filter_chains:\n", FILTER + "    filter_chains:\n") +
                Bootstraps.tcp("relay", pipe("relay"), "echo").replace("    filter_chains:\n",
                    log("listener", "relay", TEXT) + "    filter_chains:\n") + log("own", "relay", TEXT).indent(6) +
                "  clusters:\n" + Bootstraps.cluster("echo", "STATIC", pipe("echo")));
            program = Peers.either(isEnvoy, directory, file).awaitPort(adminPort);
        }

        private String http(final String called, final String options, final String routes)
        {
            return Bootstraps.http(called, pipe(called), options + log("own", called, TEXT).strip().replaceFirst(" ]$", ", ") +
                log("json", called, JSON).strip().replaceFirst("^access_log: \\[ ", ""), routes)
                .replace("    filter_chains:\n", log("listener", called, TEXT) + "    filter_chains:\n");
        }

        private String log(final String kind, final String called, final String format)
        {
            return "    access_log: [ { name: log, typed_config: { \"@type\": " +
                "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog, path: \"" +
                file(kind, called) + "\", log_format: { " + format + " } } } ]\n";
        }

        private Path file(final String kind, final String called)
        {
            return directory.resolve(name + "." + called + "." + kind);
        }

        private String pipe(final String called)
        {
            return "{ pipe: { path: \"" + socket(called) + "\" } }";
        }

        private Path socket(final String called)
        {
            return directory.resolve(name + "-" + called + ".s");
        }

        /** The listener may be a moment behind the port for its administrator. */
        private Client client(final String called) throws IOException, InterruptedException
        {
            final long deadlineNs = System.nanoTime() + Patience.S * 1_000_000_000L;
            while (true)
            {
                try
                {
                    return new Client(socket(called));
                }
                catch (final IOException e)
                {
                    if (System.nanoTime() > deadlineNs)
                    {
                        throw e;
                    }
                    Thread.sleep(10);
                }
            }
        }

        /** What the client is told of itself, its answers, and what the endpoint was told. */
        private String ask(final String called, final String first, final String fields) throws Exception
        {
            try (Client client = client(called))
            {
                final HttpMessage answer =
                    client.send(first + "GET / HTTP/1.1\r\nhost: a\r\n" + fields + "\r\n").read();
                return answer.start() + answer.fields().stream().filter(field -> field.matches("[ex]-(?!envoy).*"))
                    .sorted().collect(Collectors.joining("\n", "\n", "\n")).replace("/" + name + "-", "/");
            }
        }

        private String logged(final String kind, final String called, final int count) throws Exception
        {
            return LogLines.await(file(kind, called), count, line -> true).stream().sorted()
                .collect(Collectors.joining("\n")).replace("/" + name + "-", "/");
        }

        public void close()
        {
            program.close();
        }
    }

    private static void compare(final String called, final String first, final String... fields) throws Exception
    {
        for (final String more : fields)
        {
            final String expected = SIDES.envoy().ask(called, first, more);
            assertEquals(expected, SIDES.ringway().ask(called, first, more));
            assertTrue(expected.startsWith("HTTP/1.1 200 OK\n"), expected);
        }
        for (final String kind : called.equals("relay") ? List.of("own", "listener") : List.of("own", "json", "listener"))
        {
            final String expected = SIDES.envoy().logged(kind, called, fields.length);
            assertEquals(expected, SIDES.ringway().logged(kind, called, fields.length), kind);
            assertTrue(expected.contains(called + ".s"), expected);
        }
    }

    /** The last proxy before this one is believed. */
    @Test
    void shouldTellTheSameOfClientsOfInnerListener() throws Exception
    {
        compare("inner", "", "", FORWARDED);
    }

    @Test
    void shouldTellTheSameOfClientsOfEdge() throws Exception
    {
        compare("edge", "", "", FORWARDED);
    }

    @Test
    void shouldTellTheSameOfClientsWithAnAddressInTheirHeader() throws Exception
    {
        compare("told", "PROXY TCP4 192.0.2.7 198.51.100.9 1000 2000\r\n", "", FORWARDED);
    }

    @Test
    void shouldTellTheSameOfRelays() throws Exception
    {
        compare("relay", "", "");
    }
}
