package dev.ringway.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Envoy and Ringway with the same HTTP filters: what clients, upstream, access log and counters show of requests. */
final class FilterSides
{
    /** Before a request whose fault goes on while the next ones are asked; its client leaves at the end. */
    static final String HELD = "HELD ";
    static final String TYPE = "type.googleapis.com/envoy.extensions.filters.http.";

    /** Of all scenarios; other filters than those that ask for these keys do not see them. */
    private static final String RUNTIME = """
        layered_runtime:
          layers:
          - name: first
            static_layer: { switch: { none: 100, all: 0, text: "100", half: 50 } }
          - name: second
            static_layer:
              switch: { none: 0, all: { numerator: 1000000, denominator: MILLION }, status: 404, call: 5, cap: 0, negative: -1, word: yes }
        """;
    private static final String LOG_FORMAT = "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% " +
        "%UPSTREAM_CLUSTER% %RESP(CONTENT-LENGTH)% %REQUEST_HEADERS_BYTES% %RESP(CONTENT-TYPE)% %RESP(X-A)%\\n";
    private static final String NOT_COMPARED = "x-request-id|date|x-envoy-upstream-service-time|x-forwarded-proto";

    private FilterSides()
    {
    }

    /**
     * What is compared.
     *
     * @param filters  entries of {@code http_filters} before the router.
     * @param host     further fields of the virtual host.
     * @param routes   entries of {@code routes}.
     * @param requests one after the other, each on a connection of its own; a head ends with an empty line. {@code ADMIN
     *                 <path>} alone goes to the administration interface; one may be {@link #HELD}.
     * @param counters which counters are compared.
     */
    record Scenario(String filters, String host, String routes, List<String> requests, String counters)
    {
    }

    private static String listener(final int port, final Path log, final Scenario scenario)
    {
        return """
              - name: in
                address: %1$s
                filter_chains:
                - filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: in
                      path_with_escaped_slashes_action: UNESCAPE_AND_REDIRECT
                      access_log:
                      - name: log
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                          path: %2$s
                          log_format: { text_format_source: { inline_string: "%3$s" } }
                      - name: others
                        filter: { not_health_check_filter: {} }
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
                          path: %2$s.others
                          log_format: { text_format_source: { inline_string: "no check: %%REQ(:path)%%\\n" } }
                      http_filters:
            %4$s
                      - name: envoy.filters.http.router
                        typed_config: { "@type": %5$srouter.v3.Router }
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
            %6$s
                          routes:
            %7$s
            """.formatted(Bootstraps.tcpAddress("127.0.0.1", port), log, LOG_FORMAT, scenario.filters().indent(10), TYPE,
                scenario.host().indent(14), scenario.routes().indent(14));
    }

    /** What one of the two shows, line by line. */
    static String observe(final Path directory, final boolean isEnvoy, final Scenario scenario) throws Exception
    {
        final StringBuilder text = new StringBuilder();
        final Path log = directory.resolve(isEnvoy ? "envoy.log" : "ringway.log");
        final Path others = Path.of(log + ".others");
        Files.deleteIfExists(log);
        Files.deleteIfExists(others);
        final int port = Program.freePort();
        final int adminPort = Program.freePort();
        final List<Client> held = new ArrayList<>();
        try (Origin origin = new Origin(Map.of()))
        {
            final Path file = Files.writeString(directory.resolve(isEnvoy ? "envoy.yaml" : "ringway.yaml"),
                RUNTIME + Bootstraps.admin(adminPort) + listener(port, log, scenario) + "  clusters:\n" +
                    Bootstraps.cluster("origin", "STATIC", Bootstraps.tcpAddress("127.0.0.1", origin.port())));
            try (Program program = Peers.either(isEnvoy, directory, file))
            {
                program.awaitPort(adminPort).awaitPort(port);
                for (final String request : scenario.requests())
                {
                    text.append(request.lines().findFirst().orElse("")).append('\n');
                    if (request.startsWith("ADMIN "))
                    {
                        new Admin(adminPort).post(request.substring(request.indexOf('/')));
                        continue;
                    }
                    if (request.startsWith(HELD))
                    {
                        held.add(new Client(port).send(request.substring(HELD.length())));
                        new Admin(adminPort).awaitStat("http.in.fault.active_faults", held.size());
                        continue;
                    }
                    ask(port, request, text);
                    origin.takeSeen().forEach(seen -> describe("  upstream: ", seen, text));
                }
                for (final Client client : held)
                {
                    client.reset();
                }
                final Pattern counters = Pattern.compile(scenario.counters());
                new Admin(adminPort).awaitQuiet().forEach((name, value) ->
                {
                    if (counters.matcher(name).matches())
                    {
                        text.append(name).append(' ').append(value).append('\n');
                    }
                });
                new Admin(adminPort).quit(program);
            }
        }
        // When a drain that was asked for reaches connections is left open.
        final boolean drains = scenario.requests().stream().anyMatch(request -> request.startsWith("ADMIN "));
        // Of a path that is refused Envoy counts the fields before it has added its own.
        final String lines = Files.readString(log).replaceAll("(path_normalization_failed - - )[0-9]+", "$1");
        return (drains ? text.toString().replace("connection=close, ", "") : text) + lines + Files.readString(others);
    }

    private static void ask(final int port, final String request, final StringBuilder text) throws Exception
    {
        try (Client client = new Client(port))
        {
            final HttpMessage answer = client.send(request).read();
            if (answer == null)
            {
                text.append("  no answer\n");
            }
            else
            {
                describe("  ", answer, text);
            }
        }
    }

    private static void describe(final String prefix, final HttpMessage message, final StringBuilder text)
    {
        text.append(prefix).append(message.start()).append('\n');
        final Map<String, String> fields = new TreeMap<>();
        for (final String field : message.fields())
        {
            final String name = field.substring(0, field.indexOf(':'));
            // Envoy says of OPTIONS that it has no content, which needs no words (RFC 9110, 8.6).
            if (!name.matches(NOT_COMPARED) && !(prefix.contains("upstream") && field.equals("content-length: 0")))
            {
                fields.merge(name, EnvoyCases.comparable(name, field.substring(field.indexOf(':') + 1).strip()),
                    (one, other) -> one + " | " + other);
            }
        }
        text.append(prefix).append(fields).append('\n');
        text.append(prefix).append(message.text()).append('\n');
    }
}
