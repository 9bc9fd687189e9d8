package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.ringway.engine.counters.CountersReader;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Writes stats as text, JSON or for Prometheus, with Envoy's names and labels.
 */
final class StatsWriter
{
    private static final String[][] LABELS = {
        {"cluster.", "cluster", "envoy_cluster_name"},
        {"http.", "http", "envoy_http_conn_manager_prefix"},
        {"listener.", "listener", "envoy_listener_address"},
        {"tcp.", "tcp", "envoy_tcp_prefix"},
    };

    private StatsWriter()
    {
    }

    /** One value by name. */
    record Stat(String name, boolean isCounter, long value)
    {
    }

    static List<Stat> collect(final CountersReader reader, final boolean usedOnly, final Predicate<String> filter)
    {
        final Map<String, Stat> sorted = new TreeMap<>();
        reader.forEach((id, name, kind, value) ->
        {
            if ((!usedOnly || value != 0) && filter.test(name))
            {
                sorted.put(name, new Stat(name, CountersReader.isCounter(kind), value));
            }
        });
        return new ArrayList<>(sorted.values());
    }

    static String text(final List<Stat> stats)
    {
        final StringBuilder out = new StringBuilder();
        for (final Stat stat : stats)
        {
            out.append(stat.name()).append(": ").append(stat.value()).append('\n');
        }
        return out.toString();
    }

    static String json(final List<Stat> stats)
    {
        final JsonArray array = new JsonArray();
        for (final Stat stat : stats)
        {
            final JsonObject object = new JsonObject();
            object.addProperty("name", stat.name());
            object.addProperty("value", stat.value());
            array.add(object);
        }
        final JsonObject root = new JsonObject();
        root.add("stats", array);
        return root.toString();
    }

    static String prometheus(final List<Stat> stats)
    {
        final Map<String, StringBuilder> families = new TreeMap<>();
        for (final Stat stat : stats)
        {
            final StringBuilder labels = new StringBuilder();
            final String family = "envoy_" + family(stat.name(), labels);
            families.computeIfAbsent(family, name -> new StringBuilder("# TYPE ").append(name)
                .append(stat.isCounter() ? " counter\n" : " gauge\n"))
                .append(family).append('{').append(labels).append("} ").append(stat.value()).append('\n');
        }
        final StringBuilder out = new StringBuilder();
        families.values().forEach(out::append);
        return out.toString();
    }

    /**
     * Splits a stat's name into the family and the labels that Envoy takes out of it.
     */
    private static String family(final String name, final StringBuilder labels)
    {
        String rest = name;
        for (final String[] label : LABELS)
        {
            if (name.startsWith(label[0]))
            {
                final int dot = name.lastIndexOf('.');
                if (dot > label[0].length())
                {
                    final String value = name.substring(label[0].length(), dot);
                    append(labels, label[2], label[1].equals("listener") ? address(value) : value);
                    rest = label[1] + '_' + name.substring(dot + 1);
                }
                break;
            }
        }
        final int length = rest.length();
        if (length > 4 && rest.endsWith("xx") && Character.isDigit(rest.charAt(length - 3)) &&
            rest.charAt(length - 4) == '_')
        {
            append(labels, "envoy_response_code_class", rest.substring(length - 3, length - 2));
            rest = rest.substring(0, length - 3) + "xx";
        }
        return rest.replaceAll("[^a-zA-Z0-9_]", "_");
    }

    /** The address is written with underscores where it had colons. */
    private static String address(final String value)
    {
        final int port = value.lastIndexOf('_');
        return port < 0 ? value : value.substring(0, port).replace('_', ':') + '_' + value.substring(port + 1);
    }

    private static void append(final StringBuilder labels, final String name, final String value)
    {
        labels.append(labels.isEmpty() ? "" : ",").append(name).append("=\"")
            .append(value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")).append('"');
    }
}
