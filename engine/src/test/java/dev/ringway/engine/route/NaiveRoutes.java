package dev.ringway.engine.route;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** What a route table must find, written as plainly as the rules are told. */
final class NaiveRoutes
{
    private final List<VirtualHost> hosts;
    private final boolean ignorePort;

    NaiveRoutes(final List<VirtualHost> hosts, final boolean ignorePort)
    {
        this.hosts = hosts;
        this.ignorePort = ignorePort;
    }

    Route match(final String authority, final String path)
    {
        final VirtualHost host = hostOf(authority.toLowerCase(Locale.ROOT));
        if (host == null)
        {
            return null;
        }
        for (final VirtualHost.Rule rule : host.rules())
        {
            if (applies(rule.match(), path))
            {
                return rule.route();
            }
        }
        return null;
    }

    private VirtualHost hostOf(final String authority)
    {
        final String name = ignorePort ? authority.replaceFirst(":[^\\]:]*$", "") : authority;
        VirtualHost best = null;
        int bestScore = -1;
        for (final VirtualHost host : hosts)
        {
            for (final String given : host.domains())
            {
                final int score = score(given.toLowerCase(Locale.ROOT), name);
                if (score > bestScore)
                {
                    best = host;
                    bestScore = score;
                }
            }
        }
        return best;
    }

    private static int score(final String domain, final String name)
    {
        if (domain.equals("*"))
        {
            return 0;
        }
        if (domain.startsWith("*"))
        {
            return name.length() >= domain.length() && name.endsWith(domain.substring(1)) ?
                1_000_000 + domain.length() : -1;
        }
        if (domain.endsWith("*"))
        {
            return name.length() >= domain.length() && name.startsWith(domain.substring(0, domain.length() - 1)) ?
                1_000 + domain.length() : -1;
        }
        return domain.equals(name) ? Integer.MAX_VALUE : -1;
    }

    private static boolean applies(final PathMatch match, final String target)
    {
        final String pattern = new String(match.pattern(), StandardCharsets.US_ASCII);
        final String wanted = match.caseSensitive() ? pattern : pattern.toLowerCase(Locale.ROOT);
        final String path = match.caseSensitive() ? target : target.toLowerCase(Locale.ROOT);
        return switch (match.kind())
        {
            case PREFIX -> path.startsWith(wanted);
            case EXACT -> path.equals(wanted);
            case SEPARATED_PREFIX -> path.equals(wanted) || path.startsWith(wanted + "/");
            case REGEX, CONNECT -> throw new IllegalArgumentException("not modelled");
        };
    }
}
