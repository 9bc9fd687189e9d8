package dev.ringway.control.translate;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What is taken and cannot be meant: a route that no request finds. */
final class RouteMatchesTest
{
    private static final String HCM =
        "static_resources.listeners[0].filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0].";

    /** Place and reason of each warning about routes with these matches. */
    private static List<String> warnings(final String... matches) throws ConfigException
    {
        final String type = "type.googleapis.com/envoy.extensions.filters.";
        final String routes = Stream.of(matches).map(match -> "{ match: { " + match +
            " }, direct_response: { status: 200 } }").collect(Collectors.joining(", "));
        return new BootstrapTranslator(new NamedCounters()).translate(new BootstrapLoader(false).load(null, """
            static_resources: { listeners: [ { name: l, filter_chains: [ { filters: [ { name: h, typed_config: {
            "@type": %1$snetwork.http_connection_manager.v3.HttpConnectionManager, stat_prefix: h,
            http_filters: [ { name: r, typed_config: { "@type": %1$shttp.router.v3.Router } } ],
            route_config: { virtual_hosts: [ { name: v, domains: [ "*" ], routes: [ %2$s ] } ] } } } ] } ],
            address: { socket_address: { address: 127.0.0.1, port_value: 0 } } } ] }
            """.formatted(type, routes))).warnings().stream()
            .map(warning -> warning.path().replace(HCM, "") + ": " + warning.reason()).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        prefix: api/                        | 'api/' matches no request: paths begin with /
        path: a                             | 'a' matches no request: paths begin with /
        path_separated_prefix: api          | 'api' matches no request: paths begin with /
        prefix: /a?b=                       | '/a?b=' matches no request: a path ends before its ?, and query_parameters matches what follows
        path: "/a?b"                        | '/a?b' matches no request: a path ends before its ?, and query_parameters matches what follows
        """)
    void shouldWarnOfAPathThatNoRequestHas(final String match, final String reason) throws ConfigException
    {
        assertEquals(List.of("routes[0].match: " + reason), warnings(match));
    }

    @Test
    void shouldWarnOfARouteBehindOneThatTakesAll() throws ConfigException
    {
        assertEquals(List.of("routes[2].match: is never reached: " + HCM + "routes[1] takes all requests before"),
            warnings("prefix: /a", "prefix: /", "prefix: /b", "path: /c"));
        assertEquals(1, warnings("prefix: ''", "prefix: /b").size());
    }

    @Test
    void shouldNotWarnOfWhatRequestsMayFind() throws ConfigException
    {
        assertEquals(List.of(), warnings("prefix: /, headers: [ { name: a } ]", "path: '*'", "prefix: /",
            "connect_matcher: {}", "path: '*'"));
        assertEquals(List.of(), warnings("prefix: /, runtime_fraction: { default_value: { numerator: 100 } }",
            "prefix: /, grpc: {}", "prefix: /, query_parameters: [ { name: a } ]", "safe_regex: { regex: a?b }",
            "path_separated_prefix: /a", "prefix: ''"));
    }
}
