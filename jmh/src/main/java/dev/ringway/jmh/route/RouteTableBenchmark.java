package dev.ringway.jmh.route;

import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.PathMatch;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.route.RouteBuilder;
import dev.ringway.engine.route.RouteTable;
import dev.ringway.engine.route.VirtualHost;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One match, with {@code hosts} exact and as many wildcard virtual hosts of {@code routes} prefix routes each, of which
 * the last one matches. {@code strings} is the rejected alternative: make strings of the bytes and ask a hash map.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class RouteTableBenchmark
{
    private static final String PATH = "/api/v1/orders/4711/items?limit=20";
    private static final int QUERY = PATH.indexOf('?');

    /** Virtual hosts of each kind; 0 means only {@code *}. */
    @Param({"0", "10", "1000"})
    public int hosts;

    /** Routes of each virtual host. */
    @Param({"1", "20"})
    public int routes;

    private final RequestHead exactHead = new RequestHead(16);
    private final RequestHead wildcardHead = new RequestHead(16);
    private final RequestView view = new RequestView();
    private RouteTable table;
    private Map<String, List<VirtualHost.Rule>> byName;

    /** Compiles the table. */
    @Setup
    public void compile()
    {
        final List<VirtualHost> list = new ArrayList<>();
        byName = new HashMap<>();
        for (int i = 0; i < hosts; i++)
        {
            final String name = "service-" + i + ".shop.example";
            final List<VirtualHost.Rule> rules = rules();
            byName.put(name, rules);
            list.add(new VirtualHost("exact" + i, List.of(name), rules));
            list.add(new VirtualHost("wildcard" + i, List.of("*.team-" + i + ".example"), rules()));
        }
        final List<VirtualHost.Rule> rules = rules();
        byName.put("*", rules);
        list.add(new VirtualHost("all", List.of("*"), rules));
        table = RouteTable.compile(list, false);
        fill(exactHead, "service-" + hosts / 2 + ".shop.example");
        fill(wildcardHead, "www.team-" + hosts / 2 + ".example");
    }

    private List<VirtualHost.Rule> rules()
    {
        final List<VirtualHost.Rule> rules = new ArrayList<>();
        for (int i = 1; i < routes; i++)
        {
            rules.add(rule("/api/v" + (i + 1) + "/"));
        }
        rules.add(rule("/api/v1/orders/"));
        return rules;
    }

    private static VirtualHost.Rule rule(final String prefix)
    {
        final byte[] pattern = prefix.getBytes(StandardCharsets.US_ASCII);
        return new VirtualHost.Rule(new PathMatch(PathMatch.Kind.PREFIX, pattern, true),
            new RouteBuilder(prefix).cluster(0, "app").matchedLength(pattern.length).build());
    }

    private static void fill(final RequestHead head, final String authority)
    {
        final String text = "GET " + PATH + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
        head.reset(new UnsafeBuffer(text.getBytes(StandardCharsets.US_ASCII)));
        head.method(HttpMethod.GET, 0, 3);
        head.path(4, PATH.length(), 4 + QUERY);
        head.authority(text.indexOf("Host: ") + 6, authority.length());
    }

    /** @return the route of an exact domain. */
    @Benchmark
    public Route exact()
    {
        return table.match(view.of(exactHead));
    }

    /** @return the route of a wildcard domain. */
    @Benchmark
    public Route wildcard()
    {
        return table.match(view.of(wildcardHead));
    }

    /** @return the route of an exact domain, by strings. */
    @Benchmark
    public Route strings()
    {
        final String authority = exactHead.headers().buffer().getStringWithoutLengthAscii(
            exactHead.authorityOffset(), exactHead.authorityLength()).toLowerCase(Locale.ROOT);
        final String path = exactHead.headers().buffer().getStringWithoutLengthAscii(
            exactHead.pathOffset(), exactHead.queryOffset() - exactHead.pathOffset());
        for (final VirtualHost.Rule rule : byName.getOrDefault(authority, byName.get("*")))
        {
            if (path.startsWith(rule.route().name()))
            {
                return rule.route();
            }
        }
        return null;
    }
}
