package dev.ringway.control.admin;

/**
 * What a stat is called in Prometheus: Envoy's family name, and the labels that Envoy takes out of the stat's name. The
 * name of a cluster, listener or prefix may hold dots: it reaches to the dot before the stat proper, where Envoy's
 * default rules would cut it at its first dot.
 *
 * @param family name of the metric.
 * @param labels as written between the braces, may be empty.
 */
record PrometheusName(String family, String labels)
{
    private static final String[][] SCOPES = {
        {"cluster.", "envoy_cluster_name"},
        {"http.", "envoy_http_conn_manager_prefix"},
        {"listener.", "envoy_listener_address"},
        {"tcp.", "envoy_tcp_prefix"},
        {"loop.", "ringway_loop"},
    };
    private static final String[] INNER_SCOPES = {
        ".circuit_breakers.default", ".circuit_breakers.high", ".outlier_detection", ".health_check", ".http1",
        ".http2", ".external", ".internal", ".ssl",
    };

    /**
     * @param name full name of a stat.
     * @return its name in Prometheus.
     */
    static PrometheusName of(final String name)
    {
        final StringBuilder labels = new StringBuilder();
        final String withoutCode = code(name, labels);
        final String rest = scope(withoutCode, labels);
        final StringBuilder family = new StringBuilder(rest.length() + 6).append("envoy_");
        for (int i = 0; i < rest.length(); i++)
        {
            final char c = rest.charAt(i);
            family.append(isNameCharacter(c) ? c : '_');
        }
        return new PrometheusName(family.toString(), labels.toString());
    }

    private static boolean isNameCharacter(final char c)
    {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
    }

    /** {@code ..._rq_200} and {@code ..._rq_2xx} are one family each. */
    private static String code(final String name, final StringBuilder labels)
    {
        final int length = name.length();
        if (length < 8 || !name.startsWith("_rq_", length - 7) || !isDigit(name.charAt(length - 3)))
        {
            return name;
        }
        if (name.endsWith("xx"))
        {
            append(labels, "envoy_response_code_class", name.substring(length - 3, length - 2));
            return name.substring(0, length - 3) + "xx";
        }
        if (isDigit(name.charAt(length - 2)) && isDigit(name.charAt(length - 1)))
        {
            append(labels, "envoy_response_code", name.substring(length - 3));
            return name.substring(0, length - 4);
        }
        return name;
    }

    private static boolean isDigit(final char c)
    {
        return c >= '0' && c <= '9';
    }

    private static String scope(final String name, final StringBuilder labels)
    {
        for (final String[] scope : SCOPES)
        {
            if (name.startsWith(scope[0]))
            {
                final int start = scope[0].length();
                final int end = end(name);
                if (end > start)
                {
                    append(labels, scope[1], name.substring(start, end));
                    return name.substring(0, start) + name.substring(end + 1);
                }
            }
        }
        return name;
    }

    /** Where the name of the cluster or the like ends: before the last part, or before an inner scope. */
    private static int end(final String name)
    {
        final int end = name.lastIndexOf('.');
        for (final String inner : INNER_SCOPES)
        {
            if (end >= inner.length() && name.startsWith(inner, end - inner.length()))
            {
                return end - inner.length();
            }
        }
        return end;
    }

    private static void append(final StringBuilder labels, final String name, final String value)
    {
        labels.append(labels.isEmpty() ? "" : ",").append(name).append("=\"");
        for (int i = 0; i < value.length(); i++)
        {
            final char c = value.charAt(i);
            switch (c)
            {
                case '\\' -> labels.append("\\\\");
                case '"' -> labels.append("\\\"");
                case '\n' -> labels.append("\\n");
                default -> labels.append(c);
            }
        }
        labels.append('"');
    }
}
