package dev.ringway.control.admin;

import com.google.gson.JsonPrimitive;

import java.io.IOException;

/**
 * Writes stats in Envoy's forms, line by line: no form is ever whole in memory.
 */
final class StatsWriter
{
    private final Stats stats;

    StatsWriter(final Stats stats)
    {
        this.stats = stats;
    }

    /** Writes {@code name: value} lines in the order of the names. */
    void text(final StatsQuery query, final Appendable out) throws IOException
    {
        stats.forEach(query, (name, type, value) ->
            out.append(name).append(": ").append(Long.toString(value)).append('\n'));
    }

    /** Writes {@code {"stats":[{"name":...,"value":...},...}; tells whether the list is still empty. */
    boolean json(final StatsQuery query, final Appendable out) throws IOException
    {
        final String[] separator = {""};
        out.append("{\"stats\":[");
        stats.forEach(query, (name, type, value) ->
        {
            out.append(separator[0]).append("{\"name\":").append(new JsonPrimitive(name).toString())
                .append(",\"value\":").append(Long.toString(value)).append('}');
            separator[0] = ",";
        });
        return separator[0].isEmpty();
    }

    /** Writes Prometheus' text form: counters, then gauges, each family under its type. */
    void prometheus(final StatsQuery query, final Appendable out) throws IOException
    {
        families(query, StatType.COUNTERS, " counter\n", out);
        families(query, StatType.GAUGES, " gauge\n", out);
    }

    private void families(
        final StatsQuery query, final StatType type, final String typeName, final Appendable out) throws IOException
    {
        final String[] last = {""};
        stats.forEachByFamily(query, type, (name, kind, value) ->
        {
            final PrometheusName metric = PrometheusName.of(name);
            if (!metric.family().equals(last[0]))
            {
                last[0] = metric.family();
                out.append("# TYPE ").append(metric.family()).append(typeName);
            }
            out.append(metric.family()).append('{').append(metric.labels()).append("} ").append(Long.toString(value))
                .append('\n');
        });
    }
}
