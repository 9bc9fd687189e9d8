package dev.ringway.system;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Ringway and Envoy with the same random routes do the same with the same random requests. To look for more, name other
 * seeds by {@code -Dringway.random.first} and how many by {@code -Dringway.random.seeds}; {@code ./ringway test
 * --differential} takes ten times as many.
 */
@Timeout(300)
final class RandomRoutesComparisonTest
{
    private static final long FIRST_SEED = Long.getLong("ringway.random.first", 200);
    private static final int SEEDS = Integer.getInteger("ringway.random.seeds", 6);
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
        head=%%REQUEST_HEADERS_BYTES%% %%BYTES_RECEIVED%% %%BYTES_SENT%% to=%%RESP(LOCATION)%% type=%%RESP(CONTENT-TYPE)%% a=%%REQ(X-A)%%/%%RESP(X-A)%% \
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
                "409 Conflict\r\nretry-after: 1", "429 Too Many\r\nx-envoy-ratelimited: true", "200 OK", "204 No Content",
                "304 Not Modified");
        private static final List<String> CONTENTS = List.of("content-length: 0\r\n\r\n",
            "content-length: 4\r\n\r\nsome", "content-length: 40000\r\n\r\n" + "0123456789".repeat(4000),
            "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-last: 2\r\n\r\n");

        @Override
        public String getOrDefault(final Object path, final String otherwise)
        {
            final int length = ((String)path).length();
            final String fields = FIELDS.get(length % FIELDS.size());
            final String status = STATUSES.get(length % STATUSES.size());
            return "HTTP/1.1 " + status + "\r\n" + fields + (status.matches("204.*|304.*") ? "\r\n" :
                CONTENTS.get(Math.floorMod(path.hashCode(), CONTENTS.size())));
        }
    }

    /** One of the two with two upstreams of its own, and a listener for each seed. */
    private static final class Side implements AutoCloseable
    {
        private final Origin one = new Origin(new Answers());
        private final Origin two = new Origin(new Answers());
        private final Http2Origin three = new Http2Origin(new Answers());
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
                text.append(listener.substring(0, listener.indexOf("            virtual_hosts:"))
                        .replace("http_filters:\n", "http_filters:\n" + routes.filters().indent(10)))
                    .append((routes.table() + routes.hosts()).indent(12));
            }
            text.append("  clusters:\n")
                .append(Bootstraps.cluster("one", "STATIC", Bootstraps.tcpAddress("127.0.0.1", one.port())))
                .append(Bootstraps.cluster("two", "STATIC", Bootstraps.tcpAddress("127.0.0.1", two.port()) +
                    ", hostname: two.example"))
                .append("  - { name: empty, type: STATIC, connect_timeout: 1s, load_assignment: { cluster_name: empty } }\n")
                .append(Bootstraps.cluster("three", "STATIC", Bootstraps.tcpAddress("127.0.0.1", three.port())))
                .append(Bootstraps.HTTP2_CLUSTER)
                .append("  - { name: ring, type: STATIC, lb_policy: RING_HASH, load_assignment: { cluster_name: ring, " +
                    "endpoints: [ { lb_endpoints: [ " + endpoint("first", one.port()) + ", " +
                    endpoint("second", two.port()) + " ] } ] } }\n")
                .append(Bootstraps.cluster("dead", "STATIC", Bootstraps.tcpAddress("127.0.0.1", 1)));
            program = Peers.either(isEnvoy, directory,
                Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"), text));
            program.awaitPort(adminPort);
            for (final int port : ports)
            {
                program.awaitPort(port);
            }
        }

        /** With a key of its own, so that the ring is the same whatever the port. */
        private static String endpoint(final String key, final int port)
        {
            return "{ endpoint: { address: " + Bootstraps.tcpAddress("127.0.0.1", port) +
                " }, metadata: { filter_metadata: { envoy.lb: { hash_key: " + key + " } } } }";
        }

        /** For each request what the upstreams saw and the client was told; every third is told in HTTP/2. */
        private List<String> observe(final int index, final List<String> requests) throws Exception
        {
            final List<String> seen = new ArrayList<>();
            final RandomClient client = new RandomClient(ports.get(index));
            try
            {
                for (int i = 0; i < requests.size(); i++)
                {
                    final String told = i % 3 == 2 && RandomClient.isForHttp2(requests.get(i)) ?
                        client.tellHttp2(requests.get(i)) : client.tell(requests.get(i));
                    seen.add("one " + told(one.takeSeen()) + "\ntwo " + told(two.takeSeen()) + "\nthree " +
                        told(three.takeSeen()) + "\n-> " + told);
                }
            }
            finally
            {
                client.close();
            }
            for (final String line : LogLines.await(logs.get(index), requests.size(), one -> true))
            {
                final int at = line.startsWith("1") ? Integer.parseInt(line.substring(1, 4)) : 0;
                seen.set(at, seen.get(at) + "\nlog " + comparable(line));
            }
            return seen;
        }

        /**
         * Where Envoy makes a location of the request it writes the path to it, though no request goes on. Why there is
         * no connection it says in the words of the operating system, and what has come of a content by then is chance.
         */
        private static String comparable(final String logged)
        {
            final String line = logged.replaceFirst("(remote_connection_failure)\\|[^ }]*", "$1")
                .replaceFirst("(remote_connection_failure.* head=\\S+) \\d+ ", "$1 - ");
            return line.contains(" direct_response ") ?
                line.replaceFirst(" \\S+ HTTP/", " - HTTP/").replaceFirst("original=\\S*", "original=-")
                    .replaceFirst("head=\\d+", "head=-") : line;
        }

        private static String told(final Collection<HttpMessage> seen)
        {
            return seen.stream().map(request -> request.start() + RandomClient.shown(request.fields()) + ' ' +
                RandomClient.shortened(request.text()) + request.trailers()).collect(Collectors.joining("\n"));
        }

        public void close() throws IOException
        {
            program.close();
            one.close();
            two.close();
            three.close();
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
