package dev.ringway.control.admin;

import com.google.gson.JsonPrimitive;
import dev.ringway.engine.counters.HistogramBuckets;
import dev.ringway.engine.counters.Histograms;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Writes histograms in Envoy's forms. Envoy shows an interval beside the whole; intervals are not kept here, so theirs are
 * empty.
 */
final class HistogramWriter
{
    private final Histograms histograms;

    HistogramWriter(final Histograms histograms)
    {
        this.histograms = histograms;
    }

    private List<HistogramStat> wanted(final StatsQuery query)
    {
        if (!query.type().includes(StatType.HISTOGRAMS))
        {
            return List.of();
        }
        final List<HistogramStat> wanted = new ArrayList<>();
        final String[] names = histograms.names();
        for (int id = 0; id < names.length; id++)
        {
            if (names[id] != null && query.matches(names[id]))
            {
                final HistogramStat stat = new HistogramStat(names[id], histograms.counts(id));
                if (histograms.isStill(id, names[id]) && (!query.usedOnly() || stat.total() > 0))
                {
                    wanted.add(stat);
                }
            }
        }
        wanted.sort(Comparator.comparing(HistogramStat::name));
        return wanted;
    }

    /** Lines of {@code /stats}. */
    void text(final StatsQuery query, final String mode, final Appendable out) throws IOException
    {
        for (final HistogramStat stat : wanted(query))
        {
            out.append(stat.name()).append(':');
            if (mode.equals("cumulative") || mode.equals("disjoint"))
            {
                buckets(stat, mode.equals("disjoint"), out);
            }
            else if (stat.total() == 0)
            {
                out.append(" No recorded values");
            }
            else if (mode.equals("detailed"))
            {
                out.append("\n  totals=");
                totals(stat, out);
                out.append("\n  intervals=\n  summary=");
                quantiles(stat, out);
            }
            else
            {
                out.append(' ');
                quantiles(stat, out);
            }
            out.append('\n');
        }
    }

    private static void quantiles(final HistogramStat stat, final Appendable out) throws IOException
    {
        String separator = "P";
        for (final double quantile : HistogramStat.QUANTILES)
        {
            out.append(separator).append(HistogramStat.number(quantile)).append("(nan,")
                .append(HistogramStat.value(stat.quantile(quantile))).append(')');
            separator = " P";
        }
    }

    private static void buckets(final HistogramStat stat, final boolean isDisjoint, final Appendable out)
        throws IOException
    {
        long below = 0;
        for (final double bound : HistogramStat.BOUNDS)
        {
            final long upTo = stat.cumulative(bound);
            out.append(" B").append(HistogramStat.number(bound)).append("(0,")
                .append(Long.toString(isDisjoint ? upTo - below : upTo)).append(')');
            below = upTo;
        }
    }

    private static void totals(final HistogramStat stat, final Appendable out) throws IOException
    {
        String separator = "";
        for (int i = 0; i < stat.counts().length; i++)
        {
            if (stat.counts()[i] > 0)
            {
                out.append(separator).append(HistogramStat.value(HistogramBuckets.lower(i))).append(',')
                    .append(HistogramStat.value(HistogramBuckets.width(i))).append(':')
                    .append(Long.toString(stat.counts()[i]));
                separator = ", ";
            }
        }
    }

    /** The last element of the list of stats; nothing when no histogram is wanted. */
    void json(final StatsQuery query, final String mode, final boolean isFirst, final Appendable out)
        throws IOException
    {
        final List<HistogramStat> stats = wanted(query);
        if (stats.isEmpty())
        {
            return;
        }
        out.append(isFirst ? "" : ",").append("{\"histograms\":");
        switch (mode)
        {
            case "cumulative", "disjoint" -> list(stats, "[", (stat, to) ->
                jsonBuckets(stat, mode.equals("disjoint"), to), "]", out);
            case "detailed" -> list(stats, "{\"supported_percentiles\":" + supported() + ",\"details\":[",
                HistogramWriter::jsonDetails, "]}", out);
            default -> list(stats, "{\"supported_quantiles\":" + supported() + ",\"computed_quantiles\":[", (stat, to) ->
            {
                to.append("\"values\":");
                jsonQuantiles(stat, to);
            }, "]}", out);
        }
        out.append('}');
    }

    /** Writes what follows a histogram's name. */
    @FunctionalInterface
    private interface Form
    {
        void write(HistogramStat stat, Appendable out) throws IOException;
    }

    private static void list(
        final List<HistogramStat> stats, final String begin, final Form form, final String end, final Appendable out)
        throws IOException
    {
        out.append(begin);
        String separator = "{\"name\":";
        for (final HistogramStat stat : stats)
        {
            out.append(separator).append(new JsonPrimitive(stat.name()).toString()).append(',');
            form.write(stat, out);
            separator = "},{\"name\":";
        }
        out.append('}').append(end);
    }

    private static String supported()
    {
        final StringBuilder text = new StringBuilder("[");
        for (final double quantile : HistogramStat.QUANTILES)
        {
            text.append(text.length() > 1 ? "," : "").append(HistogramStat.jsonNumber(quantile));
        }
        return text.append(']').toString();
    }

    private static void jsonQuantiles(final HistogramStat stat, final Appendable out) throws IOException
    {
        String separator = "[";
        for (final double quantile : HistogramStat.QUANTILES)
        {
            out.append(separator).append("{\"cumulative\":").append(HistogramStat.jsonNumber(stat.quantile(quantile)))
                .append(",\"interval\":null}");
            separator = ",";
        }
        out.append(']');
    }

    private static void jsonBuckets(final HistogramStat stat, final boolean isDisjoint, final Appendable out)
        throws IOException
    {
        long below = 0;
        String separator = "\"buckets\":[";
        for (final double bound : HistogramStat.BOUNDS)
        {
            final long upTo = stat.cumulative(bound);
            out.append(separator).append("{\"upper_bound\":").append(HistogramStat.jsonNumber(bound))
                .append(",\"interval\":0,\"cumulative\":").append(Long.toString(isDisjoint ? upTo - below : upTo))
                .append('}');
            below = upTo;
            separator = ",";
        }
        out.append(']');
    }

    private static void jsonDetails(final HistogramStat stat, final Appendable out) throws IOException
    {
        out.append("\"totals\":[");
        String separator = "";
        for (int i = 0; i < stat.counts().length; i++)
        {
            if (stat.counts()[i] > 0)
            {
                out.append(separator).append("{\"lower_bound\":").append(Long.toString(HistogramBuckets.lower(i)))
                    .append(",\"width\":").append(HistogramStat.jsonNumber(HistogramBuckets.width(i)))
                    .append(",\"count\":").append(Long.toString(stat.counts()[i])).append('}');
                separator = ",";
            }
        }
        out.append("],\"intervals\":[],\"percentiles\":");
        jsonQuantiles(stat, out);
    }

    /** Families of Prometheus' text form. */
    void prometheus(final StatsQuery query, final boolean isSummary, final Appendable out) throws IOException
    {
        final List<HistogramStat> stats = wanted(query);
        stats.sort(Comparator.comparing((HistogramStat stat) -> PrometheusName.of(stat.name()).family())
            .thenComparing(HistogramStat::name));
        String last = "";
        for (final HistogramStat stat : stats)
        {
            final PrometheusName metric = PrometheusName.of(stat.name());
            if (!metric.family().equals(last))
            {
                last = metric.family();
                out.append("# TYPE ").append(last).append(isSummary ? " summary\n" : " histogram\n");
            }
            final String labels = metric.labels() + (metric.labels().isEmpty() ? "" : ",");
            if (isSummary)
            {
                for (final double quantile : HistogramStat.QUANTILES)
                {
                    line(out, last, labels + "quantile=\"" + HistogramStat.number(quantile / 100) + '"',
                        stat.total() == 0 ? "NaN" : HistogramStat.value(stat.quantile(quantile)));
                }
            }
            else
            {
                for (final double bound : HistogramStat.BOUNDS)
                {
                    line(out, last + "_bucket", labels + "le=\"" + HistogramStat.jsonNumber(bound) + '"',
                        Long.toString(stat.cumulative(bound)));
                }
                line(out, last + "_bucket", labels + "le=\"+Inf\"", Long.toString(stat.total()));
            }
            line(out, last + "_sum", metric.labels(), sum(stat));
            line(out, last + "_count", metric.labels(), Long.toString(stat.total()));
        }
    }

    /** All digits: a sum that stands still because only six are shown would break rates. */
    private static String sum(final HistogramStat stat)
    {
        return BigDecimal.valueOf(stat.sum()).setScale(2, RoundingMode.HALF_EVEN).stripTrailingZeros().toPlainString();
    }

    private static void line(final Appendable out, final String name, final String labels, final String value)
        throws IOException
    {
        out.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }
}
