package dev.ringway.control.admin;

import java.util.regex.Pattern;

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
        {"connection_limit.", "envoy_connection_limit_prefix"},
        {"local_rate_limit.", "envoy_local_network_ratelimit_prefix"},
        {"proxy_proto.", "envoy_proxy_protocol_prefix"},
        {"loop.", "ringway_loop"},
    };
    private static final String[] INNER_SCOPES = {
        ".circuit_breakers.default", ".circuit_breakers.high", ".outlier_detection", ".health_check", ".http1",
        ".http2", ".external", ".internal", ".retry", ".ssl", ".http", ".fault", ".cors", ".rbac", ".grpc_stats",
        ".grpc", ".upstream.proxyprotocol",
    };
    private static final String[][] SESSIONS = {
        {"ciphers", "envoy_ssl_cipher"}, {"versions", "envoy_ssl_version"}, {"curves", "envoy_ssl_curve"}};
    private static final String SSL = ".ssl.";
    private static final String HTTP = ".http.";
    private static final String RBAC = ".rbac.";
    private static final String RATE_LIMIT = ".http_local_rate_limit.";
    private static final String VERSIONS = "versions.v";
    private static final String GRPC = ".grpc.";
    private static final Pattern OF_CALLS =
        Pattern.compile("[0-9]+|success|failure|total|request_message_count|response_message_count");

    /**
     * @param name full name of a stat.
     * @return its name in Prometheus.
     */
    static PrometheusName of(final String name)
    {
        final StringBuilder labels = new StringBuilder();
        final String withoutCode = code(name, labels);
        final String rest = scope(inner(withoutCode, labels), labels);
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

    /** Takes out of a name what stands within it, besides the name of its scope. */
    private static String inner(final String name, final StringBuilder labels)
    {
        if (name.startsWith("cluster."))
        {
            return call(session(name, labels), labels);
        }
        if (name.startsWith("listener."))
        {
            final int at = name.indexOf(HTTP);
            return at < 0 ? session(name, labels) :
                without(name, at + HTTP.length(), name.lastIndexOf('.'), "envoy_http_conn_manager_prefix", labels);
        }
        if (name.startsWith("proxy_proto."))
        {
            final int at = name.indexOf(VERSIONS);
            return at < 0 ? name : name.substring(0, at) + without(name.substring(at + VERSIONS.length()), 0,
                1, "envoy_proxy_protocol_version", labels);
        }
        return filter(name, labels);
    }

    /** Names of filters, whose own prefixes come first, or in the middle. */
    private static String filter(final String name, final StringBuilder labels)
    {
        final int limit = name.indexOf(RATE_LIMIT);
        if (limit > 0)
        {
            return without(name, 0, limit, "envoy_local_http_ratelimit_prefix", labels);
        }
        final int rbac = name.indexOf(RBAC);
        if (rbac < 0)
        {
            return name;
        }
        return !name.startsWith("http.") ? without(name, 0, rbac, "envoy_rbac_prefix", labels) :
            without(name, rbac + RBAC.length(), name.lastIndexOf('.'), "envoy_rbac_http_prefix", labels);
    }

    /** What a handshake agreed on. */
    private static String session(final String name, final StringBuilder labels)
    {
        final int at = name.indexOf(SSL);
        for (final String[] agreed : SESSIONS)
        {
            final int end = at + SSL.length() + agreed[0].length();
            if (at > 0 && name.startsWith(agreed[0], at + SSL.length()) && name.startsWith(".", end))
            {
                append(labels, agreed[1], name.substring(end + 1));
                return name.substring(0, end);
            }
        }
        return name;
    }

    /** Service and method of a call of gRPC. */
    private static String call(final String name, final StringBuilder labels)
    {
        final int at = name.indexOf(GRPC);
        final int stat = name.lastIndexOf('.');
        final int method = name.lastIndexOf('.', stat - 1);
        final int service = at + GRPC.length();
        if (at < 0 || method <= service || !OF_CALLS.matcher(name.substring(stat + 1)).matches())
        {
            return name;
        }
        return without(without(name, method + 1, stat, "envoy_grpc_bridge_method", labels), service, method,
            "envoy_grpc_bridge_service", labels);
    }

    /** Takes a piece and the dot behind it out of a name, where there is one. */
    private static String without(
        final String name, final int start, final int end, final String label, final StringBuilder labels)
    {
        if (end <= start)
        {
            return name;
        }
        append(labels, label, name.substring(start, end));
        return name.substring(0, start) + name.substring(end + 1);
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
