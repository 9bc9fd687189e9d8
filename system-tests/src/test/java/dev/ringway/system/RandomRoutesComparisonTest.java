package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Ringway and Envoy with the same random routes do the same with the same random requests. To look for more,
     name other
 * seeds by {@code -Dringway.random.first} and how many by {@code -Dringway.random.seeds}.
 */
@Timeout(300)
final class RandomRoutesComparisonTest
{
    private static final long FIRST_SEED = Long.getLong("ringway.random.first", 4);
    private static final int SEEDS = Integer.getInteger("ringway.random.seeds", 8);
    private static final int REQUESTS = 100;

    /** The number of the request comes first, so that lines can be brought into order. */
    private static final String LOG = """
        access_log:
        - name: envoy.access_loggers.file
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
            path: "%s"
            log_format: { text_format_source: { inline_string: "%%REQ(X-NUMBER)%% %%REQ(:METHOD)%% %%REQ(:PATH)%% \
        %%PROTOCOL%% %%RESPONSE_CODE%% %%RESPONSE_CODE_DETAILS%% %%RESPONSE_FLAGS%% route=%%ROUTE_NAME%% \
        cluster=%%UPSTREAM_CLUSTER%% %%REQ(:AUTHORITY)%% original=%%REQ(X-ENVOY-ORIGINAL-PATH)%% \
        %%BYTES_RECEIVED%% %%BYTES_SENT%% to=%%RESP(LOCATION)%% type=%%RESP(CONTENT-TYPE)%% a=%%REQ(X-A)%%/%%RESP(X-A)%% \
        attempts=%%UPSTREAM_REQUEST_ATTEMPT_COUNT%% protocol=%%UPSTREAM_PROTOCOL%% \
        proto=%%REQ(X-FORWARDED-PROTO)%% agent=%%REQ(USER-AGENT)%% b=%%REQ(X-B)%%/%%RESP(X-B)%% \
        host=%%REQ(X-FORWARDED-HOST)%% new=%%REQ(X-NEW)%%/%%RESP(X-NEW)%% etag=%%RESP(ETAG)%% \
        length=%%RESP(CONTENT-LENGTH)%% internal=%%REQ(X-ENVOY-INTERNAL)%% cookie=%%REQ(COOKIE)%% \
        set=%%RESP(SET-COOKIE)%%\\n" } }
        """;

    @TempDir
    private static Path directory;

    /** What an endpoint says is in the path, so that both proxies hear the same. */
    private static final class Answers extends HashMap<String, String>
    {
        private static final long serialVersionUID = 1;

        private static final List<String> FIELDS = List.of("", "x-a: theirs\r\n", "x-a: 1\r\nX-B: 2\r\nx-a: 3\r\n",
            "etag: e\r\nserver: s\r\n", "content-type: text/html\r\nlocation: /there\r\n",
            "set-cookie: a=b\r\nset-cookie: c=d\r\nx-b: \r\n", "date: then\r\nvary: x\r\n");

        private static final List<String> STATUSES =
            List.of("200 OK", "503 Unavailable", "200 OK", "200 OK", "404 Not Found", "200 OK", "500 Error", "200 OK",
                "409 Conflict\r\nretry-after: 1", "429 Too Many\r\nx-envoy-ratelimited: true", "200 OK");

        @Override
        public String getOrDefault(final Object path, final String otherwise)
        {
            final int length = ((String)path).length();
            final String fields = FIELDS.get(length % FIELDS.size());
            return "HTTP/1.1 " + STATUSES.get(length % STATUSES.size()) + "\r\n" + fields + "content-length: 0\r\n\r\n";
        }
    }

    /** One of the two with two upstreams of its own, and a listener for each seed. */
    private static final class Side implements AutoCloseable
    {
        private final Origin one = new Origin(new Answers());
        private final Origin two = new Origin(new Answers());
        private final List<Integer> ports = new ArrayList<>();
        private final List<Path> logs = new ArrayList<>();
        private final Program program;

        private Side(final boolean isEnvoy) throws Exception
        {
            final int adminPort = Program.freePort();
            final StringBuilder text = new StringBuilder(Bootstraps.admin(adminPort));
            for (int i = 0; i < SEEDS; i++)
            {
                ports.add(Program.freePort());
                logs.add(directory.resolve((isEnvoy ? "envoy-" : "ringway-") + i + ".log"));
                final RandomRoutes routes = new RandomRoutes(FIRST_SEED + i);
                final String listener = Bootstraps.http("in-" + i, Bootstraps.tcpAddress("127.0.0.1", ports.get(i)),
                    routes.options() + LOG.formatted(logs.get(i)), "");
                text.append(listener, 0, listener.indexOf("            virtual_hosts:"))
                    .append((routes.table() + routes.hosts()).indent(12));
            }
            text.append("  clusters:\n")
                .append(Bootstraps.cluster("one", "STATIC", Bootstraps.tcpAddress("127.0.0.1", one.port())))
                .append(Bootstraps.cluster("two", "STATIC", Bootstraps.tcpAddress("127.0.0.1", two.port()) +
                    ", hostname: two.example"))
                .append("  - { name: empty, type: STATIC, connect_timeout: 1s, load_assignment: { cluster_name: empty } }\n")
                .append(Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1)));
            program = Peers.either(isEnvoy, directory,
                Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"), text));
            program.awaitPort(adminPort);
            for (final int port : ports)
            {
                program.awaitPort(port);
            }
        }

        /** For each request what the upstreams saw and the client was told. */
        private List<String> observe(final int index, final List<String> requests) throws Exception
        {
            final List<String> seen = new ArrayList<>();
            final int port = ports.get(index);
            Client client = new Client(port);
            try
            {
                for (final String request : requests)
                {
                    client.send(request);
                    final boolean isHead = request.startsWith("HEAD");
                    final HttpMessage answer = isHead ? client.readHead() : client.read();
                    final List<String> fields = isHead ?
                        answer.fields().stream().map(Side::lengthOfHead).toList() : answer.fields();
                    seen.add("one " + told(one) + "\ntwo " + told(two) + "\n-> " + answer.status() + fields(fields) +
                        '\n' +
                        answer.text());
                    if ("close".equals(answer.field("connection")))
                    {
                        client.close();
                        client = new Client(port);
                    }
                }
            }
            finally
            {
                client.close();
            }
            final List<String> logged = LogLines.await(logs.get(index), requests.size(), line -> true).stream()
                .sorted().toList();
            for (int i = 0; i < Math.min(seen.size(), logged.size()); i++)
            {
                seen.set(i, seen.get(i) + "\nlog " + comparable(logged.get(i)));
            }
            return seen;
        }

        /**
         * Where Envoy makes a location of the request it writes the path to it, though no request goes on. Why there is
         * no connection it says in the words of the operating system.
         */
        private static String comparable(final String logged)
        {
            final String line = logged.replaceFirst("(remote_connection_failure)\\|[^ }]*", "$1");
            return line.contains(" direct_response ") ?
                line.replaceFirst(" \\S+ HTTP/", " - HTTP/").replaceFirst("original=\\S+", "original=-") : line;
        }

        /** Envoy says of an answer of its own without content that its length is not known. */
        private static String lengthOfHead(final String field)
        {
            return field.equals("transfer-encoding: chunked") ? "content-length: 0" : field;
        }

        private static String told(final Origin origin)
        {
            return origin.takeSeen().stream().map(request -> request.start() + fields(request.fields()))
                .collect(Collectors.joining("\n"));
        }

        /** Sorted: order between names has no meaning. */
        private static String fields(final List<String> fields)
        {
            final Map<String, List<String>> values = new TreeMap<>();
            for (final String field : fields)
            {
                final int colon = field.indexOf(':');
                final String name = field.substring(0, colon).toLowerCase();
                values.computeIfAbsent(name, key -> new ArrayList<>())
                    .add(EnvoyCases.comparable(name, field.substring(colon + 1).strip()));
            }
            return values.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining("\n   ", "\n   ",
                ""));
        }

        public void close() throws IOException
        {
            program.close();
            one.close();
            two.close();
        }
    }

    @Test
    void shouldDoTheSameWithRandomRoutes() throws Exception
    {
        final Pair<Side> sides = Pair.start(Side::new);
        try
        {
            final StringBuilder differences = new StringBuilder();
            for (int i = 0; i < SEEDS; i++)
            {
                compare(i, sides, differences);
            }
            assertEquals("", differences.toString());
        }
        finally
        {
            Pair.stop(sides);
        }
    }

    private static void compare(final int index, final Pair<Side> sides,
        final StringBuilder differences) throws Exception
    {
        final RandomRoutes random = new RandomRoutes(~(FIRST_SEED + index));
        final List<String> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++)
        {
            requests.add(random.request().replaceFirst("\r\n", "\r\nx-number: " + (1000 + i) + "\r\n"));
        }
        final Pair<List<String>> seen = Pair.of(
            () -> sides.envoy().observe(index, requests),
            () -> sides.ringway().observe(index, requests));
        for (int i = 0; i < REQUESTS; i++)
        {
            if (!seen.envoy().get(i).equals(seen.ringway().get(i)))
            {
                differences.append("seed ").append(FIRST_SEED +
                    index).append(": ").append(requests.get(i)).append("Envoy:\n")
                    .append(seen.envoy().get(i)).append("\nRingway:\n").append(seen.ringway().get(i)).append("\n\n");
            }
        }
    }
}
