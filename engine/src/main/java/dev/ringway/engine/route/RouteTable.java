package dev.ringway.engine.route;

import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.VirtualHost.Rule;
import dev.ringway.engine.route.VirtualHost.TlsRequirement;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compiled virtual hosts and routes of one {@code RouteConfiguration}. Immutable, shared by all loops; matching
 * allocates nothing and takes tens of nanoseconds.
 *
 * <p>The virtual host is chosen by the whole authority, port included, in any case: an exact domain, else the longest
 * {@code *.suffix}, else the longest {@code prefix.*}, else {@code *}. The wildcard stands for at least one character.
 * Then its routes are tried in order against the path without the query. Envoy: {@code config.route.v3.VirtualHost}.
 */
public final class RouteTable
{
    private static final int MOVED_PERMANENTLY = 301;
    private static final Route TO_HTTPS =
        new RouteBuilder("").redirect(MOVED_PERMANENTLY, Redirect.TO_HTTPS).build();
    private static final DirectBuffer SLASH = new UnsafeBuffer("/".getBytes(StandardCharsets.US_ASCII));

    private final boolean ignorePort;
    private final HostTable exact;
    private final Wildcards suffixes;
    private final Wildcards prefixes;
    private final RouteList fallback;
    private final boolean onlyFallback;
    private final boolean hasConditions;
    private final boolean asksScheme;
    private final boolean asksCompleted;

    private RouteTable(
        final boolean ignorePort,
        final Map<String, RouteList> byDomain,
        final boolean hasTlsRequirements,
        final boolean hasConditions,
        final boolean asksCompleted)
    {
        this.hasConditions = hasConditions;
        this.asksCompleted = asksCompleted;
        asksScheme = hasTlsRequirements || hasConditions;
        final List<Map.Entry<String, RouteList>> names = new ArrayList<>();
        final Map<String, RouteList> bySuffix = new HashMap<>();
        final Map<String, RouteList> byPrefix = new HashMap<>();
        for (final Map.Entry<String, RouteList> entry : byDomain.entrySet())
        {
            final String domain = entry.getKey();
            if (domain.equals("*"))
            {
                continue;
            }
            if (domain.startsWith("*"))
            {
                bySuffix.put(domain.substring(1), entry.getValue());
            }
            else if (domain.endsWith("*"))
            {
                byPrefix.put(domain.substring(0, domain.length() - 1), entry.getValue());
            }
            else
            {
                names.add(entry);
            }
        }
        this.ignorePort = ignorePort;
        exact = new HostTable(names);
        suffixes = new Wildcards(bySuffix);
        prefixes = new Wildcards(byPrefix);
        fallback = byDomain.get("*");
        onlyFallback = names.isEmpty() && bySuffix.isEmpty() && byPrefix.isEmpty();
    }

    /**
     * Compiles a table. Any thread.
     *
     * @param hosts      virtual hosts; a domain must not stand in two of them.
     * @param ignorePort {@code ignore_port_in_host_matching}: compare the authority without its port.
     * @return the table.
     * @throws IllegalArgumentException when a domain is empty or given twice.
     */
    public static RouteTable compile(final List<VirtualHost> hosts, final boolean ignorePort)
    {
        final Map<String, RouteList> byDomain = new HashMap<>();
        boolean hasTlsRequirements = false;
        boolean hasConditions = false;
        boolean asksCompleted = false;
        for (final VirtualHost host : hosts)
        {
            hasConditions |= host.rules().stream().anyMatch(rule -> !rule.conditions().isEmpty());
            asksCompleted |= host.rules().stream().anyMatch(Rule::asksCompleted);
            hasTlsRequirements |= host.tls() != TlsRequirement.NONE;
            final RouteList routes = new RouteList(host.rules(), host.tls());
            for (final String domain : host.domains())
            {
                final String name = domain.toLowerCase(Locale.ROOT);
                if (name.isEmpty() || byDomain.putIfAbsent(name, routes) != null)
                {
                    throw new IllegalArgumentException("domain empty or given twice: '" + domain + "'");
                }
            }
        }
        return new RouteTable(ignorePort, byDomain, hasTlsRequirements, hasConditions, asksCompleted);
    }

    /**
     * @return whether it matters for a virtual host or a condition if requests come by HTTPS.
     */
    public boolean asksScheme()
    {
        return asksScheme;
    }

    /**
     * @return whether any route has conditions beside its path.
     */
    public boolean hasConditions()
    {
        return hasConditions;
    }

    /**
     * @return whether any route looks at fields that requests gain on their way to it, so that their heads are to be
     *         {@linkplain RequestHead#isCompleted completed}.
     */
    public boolean asksCompleted()
    {
        return asksCompleted;
    }

    /**
     * Loop thread.
     *
     * @param view of the request.
     * @return the first route of the best virtual host that applies, the one to HTTPS when the virtual host requires
     *         that, or null.
     */
    public Route match(final RequestView view)
    {
        final RequestHead head = view.head();
        final DirectBuffer buffer = head.headers().buffer();
        final int pathOffset = head.pathOffset();
        final int pathEnd = head.queryOffset() >= 0 ? head.queryOffset() : pathOffset + head.pathLength();
        final RouteList routes = routesOf(buffer, head.authorityOffset(), head.authorityLength());
        if (routes == null)
        {
            return null;
        }
        if (!view.saysHttps() && routes.requiresTls(view.isInternal()))
        {
            return TO_HTTPS;
        }
        if (head.tunnel())
        {
            // It has no path, so what asks for one does not apply (Envoy: connect_matcher).
            return routes.matchTunnel(view);
        }
        return pathEnd > pathOffset ?
            routes.match(view, buffer, pathOffset, pathEnd - pathOffset) : routes.match(view, SLASH, 0, 1);
    }

    /**
     * Loop thread. For tables without conditions and regular expressions.
     *
     * @param buffer          that holds both.
     * @param authorityOffset where the authority starts.
     * @param authorityLength its bytes, may be 0.
     * @param pathOffset      where the path starts.
     * @param pathLength      its bytes without the query.
     * @return the first route of the best virtual host that matches, or null.
     */
    public Route match(
        final DirectBuffer buffer,
        final int authorityOffset,
        final int authorityLength,
        final int pathOffset,
        final int pathLength)
    {
        final RouteList routes = routesOf(buffer, authorityOffset, authorityLength);
        return routes == null ? null : routes.match(null, buffer, pathOffset, pathLength);
    }

    private RouteList routesOf(final DirectBuffer buffer, final int offset, final int authorityLength)
    {
        if (onlyFallback)
        {
            return fallback;
        }
        final int length = ignorePort ? withoutPort(buffer, offset, authorityLength) : authorityLength;
        RouteList routes = exact.find(buffer, offset, length);
        if (routes == null)
        {
            routes = suffixes.find(buffer, offset, length, true);
        }
        if (routes == null)
        {
            routes = prefixes.find(buffer, offset, length, false);
        }
        return routes == null ? fallback : routes;
    }

    /** A colon inside the brackets of a v6 address is none of a port. */
    private static int withoutPort(final DirectBuffer buffer, final int offset, final int length)
    {
        for (int i = length - 1; i >= 0; i--)
        {
            final byte b = buffer.getByte(offset + i);
            if (b == ':')
            {
                return i;
            }
            if (b == ']')
            {
                return length;
            }
        }
        return length;
    }

    /** Names with a wildcard at one end, one table per length, longest first. */
    private static final class Wildcards
    {
        private final int[] lengths;
        private final HostTable[] tables;

        Wildcards(final Map<String, RouteList> byFixedPart)
        {
            final Map<Integer, List<Map.Entry<String, RouteList>>> byLength =
                new TreeMap<>(Comparator.reverseOrder());
            for (final Map.Entry<String, RouteList> entry : byFixedPart.entrySet())
            {
                final int length = entry.getKey().getBytes(StandardCharsets.UTF_8).length;
                byLength.computeIfAbsent(length, key -> new ArrayList<>()).add(entry);
            }
            lengths = byLength.keySet().stream().mapToInt(Integer::intValue).toArray();
            tables = byLength.values().stream().map(HostTable::new).toArray(HostTable[]::new);
        }

        RouteList find(final DirectBuffer buffer, final int offset, final int length, final boolean atEnd)
        {
            for (int i = 0; i < lengths.length; i++)
            {
                final int fixed = lengths[i];
                if (fixed < length)
                {
                    final RouteList routes = tables[i].find(buffer, atEnd ? offset + length - fixed : offset, fixed);
                    if (routes != null)
                    {
                        return routes;
                    }
                }
            }
            return null;
        }
    }
}
