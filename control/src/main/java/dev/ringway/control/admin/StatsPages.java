package dev.ringway.control.admin;

import java.util.Set;

/**
 * {@code /stats} and {@code /stats/prometheus}.
 */
final class StatsPages
{
    private static final Set<String> BUCKET_MODES = Set.of("", "cumulative", "disjoint", "detailed", "summary");
    private static final Set<String> PROMETHEUS_MODES = Set.of("", "cumulative", "summary");

    private final ServerView view;
    private final StatsWriter writer;
    private final HistogramWriter histograms;

    StatsPages(final ServerView view)
    {
        this.view = view;
        writer = new StatsWriter(new Stats(view.counters()));
        histograms = new HistogramWriter(view.histograms());
    }

    Page page(final Query query)
    {
        return page(query, query.has("format") ? query.value("format") : "text");
    }

    Page prometheus(final Query query)
    {
        return page(query, "prometheus");
    }

    private Page page(final Query query, final String format)
    {
        final StatType type = query.has("type") ? StatType.of(query.value("type")) : StatType.ALL;
        if (type == null)
        {
            return Page.text(400, "invalid &type= param");
        }
        final String mode = query.value("histogram_buckets").equals("none") ? "" : query.value("histogram_buckets");
        final String fault = fault(query, format, mode);
        if (fault != null)
        {
            return Page.text(400, fault);
        }
        final StatsQuery wanted;
        try
        {
            wanted = new StatsQuery(StatsQuery.pattern(query.value("filter")), query.has("invert_filter"),
                query.has("usedonly"), type);
        }
        catch (final IllegalArgumentException e)
        {
            return Page.text(400, e.getMessage());
        }
        view.refreshGauges();
        return switch (format)
        {
            case "text" -> Page.text(out ->
            {
                writer.text(wanted, out);
                histograms.text(wanted, mode, out);
            });
            case "json" -> Page.json(out ->
            {
                final boolean isFirst = writer.json(wanted, out);
                histograms.json(wanted, mode, isFirst, out);
                out.write("]}");
            });
            case "prometheus" -> Page.text(out ->
            {
                writer.prometheus(wanted, out);
                histograms.prometheus(wanted, mode.equals("summary"), out);
            });
            default -> Page.text(400, "usage: /stats?format=(json|prometheus|text)\n\n");
        };
    }

    private static String fault(final Query query, final String format, final String mode)
    {
        if (!BUCKET_MODES.contains(mode))
        {
            return "usage: /stats?histogram_buckets=(cumulative|disjoint|detailed|summary)\n";
        }
        if (query.has("invert_filter") && query.value("filter").isEmpty())
        {
            return "invert_filter can only be used if filter is also provided";
        }
        if (format.equals("prometheus") && !PROMETHEUS_MODES.contains(mode))
        {
            return "unsupported prometheus histogram bucket mode";
        }
        return format.equals("prometheus") && query.has("prom_protobuf") ?
            "prom_protobuf is not supported; without it stats are printed as text\n" : null;
    }
}
