package dev.ringway.engine.route;

import com.sun.management.ThreadMXBean;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.VirtualHost.TlsRequirement;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RouteTableTest
{
    private final RequestHead head = new RequestHead(10);
    private final RequestView view = new RequestView();

    @ParameterizedTest
    @CsvSource({
        "a.example,exact",
        "A.EXAMPLE,exact",
        "a.example:80,fallback",
        "b.example,suffix",
        ".example,fallback",
        "x.deep.example,longer suffix",
        "static.net,prefix",
        "static.,fallback",
        "static.example,suffix",
        "other,fallback",
    })
    void shouldChooseTheBestVirtualHost(final String authority, final String expected)
    {
        final RouteTable table = RouteTable.compile(List.of(
            host("fallback", "*"),
            host("suffix", "*.example"),
            host("prefix", "static.*"),
            host("longer suffix", "*.deep.example"),
            host("exact", "a.example")), false);
        assertEquals(expected, table.match(request(authority, "/x", -1)).name());
    }

    @ParameterizedTest
    @CsvSource({"a.example:80", "a.example", "A.example:65535"})
    void shouldLeaveOutThePortWhenTold(final String authority)
    {
        final RouteTable table = RouteTable.compile(List.of(host("one", "a.example")), true);
        assertEquals("one", table.match(request(authority, "/", -1)).name());
    }

    @Test
    void shouldNotTakeAPartOfAV6AddressForAPort()
    {
        final RouteTable table = RouteTable.compile(List.of(host("one", "[2001:db8::1]")), true);
        assertEquals("one", table.match(request("[2001:db8::1]", "/", -1)).name());
        assertEquals("one", table.match(request("[2001:db8::1]:80", "/", -1)).name());
        assertNull(table.match(request("[2001:db8:", "/", -1)));
    }

    @Test
    void shouldMatchThePathWithoutItsQuery()
    {
        final RouteTable table = table(rule(PathMatch.Kind.EXACT, "/a"));
        assertEquals("/a", table.match(request("x", "/a?b=/c", 2)).name());
        assertNull(table.match(request("x", "/a/?b", 3)));
    }

    @Test
    void shouldTakeAnEmptyPathForTheRoot()
    {
        final RouteTable table = table(rule(PathMatch.Kind.EXACT, "/"));
        assertEquals("/", table.match(request("x", "", -1)).name());
        assertEquals("/", table.match(request("x", "?q", 0)).name());
    }

    @Test
    void shouldMatchConnectWithItsOwnRulesOnly()
    {
        final RequestView request = request("x", "", -1);
        final RouteTable table = table(rule(PathMatch.Kind.PREFIX, "/"), rule(PathMatch.Kind.CONNECT, ""));
        assertEquals("/", table.match(request).name());
        request.head().method(HttpMethod.CONNECT, 0, 7);
        assertEquals("", table.match(request).name());
        assertNull(table(rule(PathMatch.Kind.PREFIX, "/")).match(request));
    }

    @Test
    void shouldTryRoutesInOrder()
    {
        final RouteTable table = table(rule(PathMatch.Kind.PREFIX, "/api/v1/users"),
            rule(PathMatch.Kind.SEPARATED_PREFIX, "/api"), rule(PathMatch.Kind.PREFIX, "/"));
        assertEquals("/api/v1/users", table.match(request("x", "/api/v1/users/7", -1)).name());
        assertEquals("/api", table.match(request("x", "/api/v1/user", -1)).name());
        assertEquals("/", table.match(request("x", "/apix", -1)).name());
    }

    @Test
    void shouldGiveNullWhenNothingMatches()
    {
        final RouteTable table = RouteTable.compile(List.of(host("one", "a.example")), false);
        assertNull(table.match(request("b.example", "/", -1)));
        assertNull(table.match(request("", "/", -1)));
        assertNull(RouteTable.compile(List.of(), false).match(request("b.example", "/", -1)));
    }

    @Test
    void shouldRefuseADomainGivenTwice()
    {
        assertThrows(IllegalArgumentException.class,
            () -> RouteTable.compile(List.of(host("one", "a"), host("two", "A")), false));
    }

    @ParameterizedTest
    @CsvSource({
        "NONE,true,false,false", "EXTERNAL_ONLY,true,false,true", "EXTERNAL_ONLY,true,true,false",
        "EXTERNAL_ONLY,false,false,false", "ALL,true,false,true", "ALL,true,true,true", "ALL,false,true,false",
    })
    void shouldSendRequestsInClearToHttps(
        final TlsRequirement tls, final boolean isInClear, final boolean isInternal, final boolean isSent)
    {
        final RouteTable table = RouteTable.compile(List.of(
            new VirtualHost("strict", List.of("a.example"), host("strict", "a.example").rules(), tls),
            host("lax", "*")), false);
        assertEquals(tls != TlsRequirement.NONE, table.asksScheme());
        final Route route = table.match(request("a.example", "/x", -1).of(head, 0, !isInClear, isInternal, 0));
        assertEquals(isSent ? "" : "strict", route.name());
        assertEquals(isSent ? Redirect.TO_HTTPS : null, route.answer().redirect());
        assertEquals("lax", table.match(
            request("b.example", "/x", -1).of(head, 0, !isInClear, isInternal, 0)).name());
        assertEquals("strict", table.match(request("a.example", "/x", -1)).name());
    }

    @Test
    void shouldAllocateNothing()
    {
        final List<VirtualHost> hosts = new ArrayList<>();
        for (int i = 0; i < 100; i++)
        {
            hosts.add(host("h" + i, "h" + i + ".example", "*.h" + i + ".example", "h" + i + ".*"));
        }
        final RouteTable table = RouteTable.compile(hosts, true);
        final RequestView request = request("www.H77.example:8080", "/a/b/c?d=e", 6);
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final int rounds = 100_000;
        int found = matchAll(table, request, rounds);
        final long before = threads.getCurrentThreadAllocatedBytes();
        found += matchAll(table, request, rounds);
        final long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(2 * rounds, found);
        assertEquals(0, allocated / rounds, "bytes per match");
    }

    private static int matchAll(final RouteTable table, final RequestView request, final int rounds)
    {
        int found = 0;
        for (int i = 0; i < rounds; i++)
        {
            if (table.match(request) != null)
            {
                found++;
            }
        }
        return found;
    }

    private RequestView request(final String authority, final String path, final int query)
    {
        final String text = "GET " + path + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
        head.reset(new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII)));
        head.method(HttpMethod.GET, 0, 3);
        head.path(4, path.length(), query < 0 ? -1 : 4 + query);
        head.authority(text.indexOf("Host: ") + 6, authority.length());
        return view.of(head);
    }

    private static RouteTable table(final VirtualHost.Rule... rules)
    {
        return RouteTable.compile(List.of(new VirtualHost("all", List.of("*"), List.of(rules))), false);
    }

    private static VirtualHost host(final String name, final String... domains)
    {
        return new VirtualHost(name, List.of(domains),
            List.of(new VirtualHost.Rule(match(PathMatch.Kind.PREFIX, "/"), route(name))));
    }

    private static VirtualHost.Rule rule(final PathMatch.Kind kind, final String path)
    {
        return new VirtualHost.Rule(match(kind, path), route(path));
    }

    private static PathMatch match(final PathMatch.Kind kind, final String path)
    {
        return new PathMatch(kind, path.getBytes(StandardCharsets.US_ASCII), true);
    }

    private static Route route(final String name)
    {
        return new RouteBuilder(name).cluster(0, "app").build();
    }
}
