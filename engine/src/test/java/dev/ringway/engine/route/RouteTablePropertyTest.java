package dev.ringway.engine.route;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertSame;

/** A compiled table finds what the naive model finds, whatever the table and the request. */
class RouteTablePropertyTest
{
    @Property(tries = 2000)
    void shouldMatchAsTheModelDoes(
        @ForAll("tables") final List<VirtualHost> hosts,
        @ForAll("authorities") final String authority,
        @ForAll("paths") final String path,
        @ForAll final boolean ignorePort)
    {
        final RouteTable table = RouteTable.compile(hosts, ignorePort);
        final Route expected = new NaiveRoutes(hosts, ignorePort).match(authority, path);
        // Once with bytes behind the path, as in a request, and once with the path at the very end of the buffer.
        assertSame(expected, match(table, authority, path, " HTTP/1.1\r\n"));
        assertSame(expected, match(table, authority, path, ""));
    }

    private static Route match(final RouteTable table, final String authority, final String path, final String tail)
    {
        final String text = "x" + authority + path + tail;
        final UnsafeBuffer buffer = new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII));
        return table.match(buffer, 1, authority.length(), 1 + authority.length(), path.length());
    }

    @Provide
    Arbitrary<List<VirtualHost>> tables()
    {
        final Arbitrary<List<String>> domains = domain().list().ofMinSize(1).ofMaxSize(4);
        final Arbitrary<List<VirtualHost.Rule>> rules = rule().list().ofMaxSize(40);
        return Combinators.combine(domains, rules).as((names, list) -> new VirtualHost("host", names, list))
            .list().ofMaxSize(6).map(RouteTablePropertyTest::withoutDoubles);
    }

    private static List<VirtualHost> withoutDoubles(final List<VirtualHost> hosts)
    {
        final Set<String> seen = new HashSet<>();
        final List<VirtualHost> result = new ArrayList<>();
        for (final VirtualHost host : hosts)
        {
            result.add(new VirtualHost(host.name(),
                host.domains().stream().filter(domain -> seen.add(domain.toLowerCase())).toList(), host.rules()));
        }
        return result;
    }

    private static Arbitrary<String> domain()
    {
        final Arbitrary<String> name = name();
        return Arbitraries.oneOf(name, name.map(text -> "*." + text), name.map(text -> "*-" + text),
            name.map(text -> text + ".*"), Arbitraries.of("*", "[::1]", "[::1]:80", "A.b", "a.b:80"));
    }

    private static Arbitrary<String> name()
    {
        return Arbitraries.strings().withChars("aAb").ofMinLength(1).ofMaxLength(2).list().ofMinSize(1).ofMaxSize(3)
            .map(labels -> String.join(".", labels));
    }

    @Provide
    Arbitrary<String> authorities()
    {
        final Arbitrary<String> name = name();
        return Arbitraries.oneOf(name, name.map(text -> text + ":80"), name.map(text -> "a." + text),
            name.map(text -> "b-" + text), name.map(text -> text + ".b"), name.map(text -> "." + text),
            Arbitraries.of("", "[::1]", "[::1]:80", "[::2]", "A.B:80"));
    }

    private static Arbitrary<VirtualHost.Rule> rule()
    {
        final Arbitrary<PathMatch> match = Combinators.combine(Arbitraries.of(
            PathMatch.Kind.PREFIX, PathMatch.Kind.EXACT, PathMatch.Kind.SEPARATED_PREFIX), path(),
            Arbitraries.of(true, true, false)).as((kind, path, caseSensitive) ->
            new PathMatch(kind, path.getBytes(StandardCharsets.US_ASCII), caseSensitive));
        return match.map(path -> new VirtualHost.Rule(path, new RouteBuilder("").cluster(0, "").build()));
    }

    @Provide
    Arbitrary<String> paths()
    {
        return path();
    }

    private static Arbitrary<String> path()
    {
        return Arbitraries.of("/", "/a", "/A", "/b", "/aaaaaaaa", "/aaaaaaaA", "a", "bb").list().ofMinSize(1)
            .ofMaxSize(4).map(parts -> String.join("", parts));
    }
}
