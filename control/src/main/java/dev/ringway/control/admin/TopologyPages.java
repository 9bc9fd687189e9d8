package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.re2j.Pattern;
import dev.ringway.engine.balance.ClusterHosts;
import dev.ringway.engine.balance.HostHealth;
import dev.ringway.engine.balance.HostSet;
import dev.ringway.engine.balance.SuccessRates;
import dev.ringway.engine.counters.EndpointCounters;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Cluster;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.Listener;
import dev.ringway.engine.snapshot.Locality;
import dev.ringway.engine.snapshot.Thresholds;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * {@code /clusters} and {@code /listeners}: what the newest snapshot consists of.
 */
final class TopologyPages
{
    /** As Envoy prints them. */
    private static final int[] SORTED =
        IntStream.range(0, EndpointCounters.COUNT).boxed().sorted(Comparator.comparing(EndpointCounters::name))
            .mapToInt(Integer::intValue).toArray();

    private final ServerView view;

    TopologyPages(final ServerView view)
    {
        this.view = view;
    }

    Page clusters(final Query query)
    {
        final Pattern filter;
        try
        {
            filter = StatsQuery.pattern(query.value("filter"));
        }
        catch (final IllegalArgumentException e)
        {
            return Page.text(400, e.getMessage());
        }
        final List<Cluster> wanted = view.snapshot().clusters().stream()
            .filter(cluster -> filter == null || filter.matcher(cluster.name()).find()).toList();
        final Map<String, String> shown = shownNames();
        return query.value("format").equals("json") ? Page.json(clustersJson(wanted, shown)) : Page.text(out ->
        {
            for (final Cluster cluster : wanted)
            {
                write(cluster, shown.getOrDefault(cluster.name(), cluster.name()), out);
            }
        });
    }

    /** Names of clusters in stats, where those are others. */
    private Map<String, String> shownNames()
    {
        final Map<String, String> shown = new HashMap<>();
        for (final var cluster : view.translation().bootstrap().getStaticResources().getClustersList())
        {
            if (!cluster.getAltStatName().isEmpty())
            {
                shown.put(cluster.getName(), cluster.getAltStatName());
            }
        }
        return shown;
    }

    private void write(final Cluster cluster, final String shown, final Appendable out) throws IOException
    {
        final String name = cluster.name() + "::";
        line(out, name, "observability_name", shown);
        final SuccessRates rates = view.uses().of(cluster.id()).hosts().successRates();
        if (rates != null)
        {
            final SuccessRates local = view.uses().of(cluster.id()).hosts().localSuccessRates();
            line(out, name, "outlier::success_rate_average", HealthText.shortNumber(rates.average()));
            line(out, name, "outlier::success_rate_ejection_threshold", HealthText.shortNumber(rates.threshold()));
            line(out, name, "outlier::local_origin_success_rate_average", HealthText.shortNumber(local.average()));
            line(out, name, "outlier::local_origin_success_rate_ejection_threshold",
                HealthText.shortNumber(local.threshold()));
        }
        write(out, name + "default_priority::", cluster.circuitBreakers().normal(), retries(cluster, false));
        write(out, name + "high_priority::", cluster.circuitBreakers().high(), retries(cluster, true));
        line(out, name, "added_via_api", false);
        final HostSet hosts = hosts(cluster);
        for (int i = 0; i < hosts.size(); i++)
        {
            final Endpoint endpoint = hosts.endpoint(i);
            final String host = name + endpoint.address() + "::";
            final EndpointCounters counters = hosts.health(i).counters();
            for (final int id : SORTED)
            {
                line(out, host, EndpointCounters.name(id), counters.sum(id));
            }
            line(out, host, "hostname", endpoint.hostname());
            line(out, host, "health_flags", HealthText.flags(endpoint, hosts.health(i)));
            line(out, host, "weight", endpoint.weight());
            line(out, host, "region", endpoint.place().locality().region());
            line(out, host, "zone", endpoint.place().locality().zone());
            line(out, host, "sub_zone", endpoint.place().locality().subZone());
            line(out, host, "canary", endpoint.metadata().isCanary());
            line(out, host, "priority", endpoint.place().priority());
            line(out, host, "success_rate", HealthText.number(hosts.health(i).successRate()));
            line(out, host, "local_origin_success_rate",
                HealthText.number(hosts.health(i).localSuccessRate()));
        }
    }

    private int retries(final Cluster cluster, final boolean isHigh)
    {
        return view.uses().of(cluster.id()).retryLimit(cluster.circuitBreakers().of(isHigh), isHigh);
    }

    private static void write(
        final Appendable out, final String prefix, final Thresholds bounds, final int retries) throws IOException
    {
        line(out, prefix, "max_connections", bounds.maxConnections());
        line(out, prefix, "max_pending_requests", bounds.maxPendingRequests());
        line(out, prefix, "max_requests", bounds.maxRequests());
        line(out, prefix, "max_retries", retries);
    }

    private static void line(final Appendable out, final String prefix, final String name, final Object value)
        throws IOException
    {
        out.append(prefix).append(name).append("::").append(value.toString()).append('\n');
    }

    private JsonObject clustersJson(final List<Cluster> clusters, final Map<String, String> shown)
    {
        final JsonArray statuses = new JsonArray();
        for (final Cluster cluster : clusters)
        {
            final JsonArray hosts = new JsonArray();
            final HostSet set = hosts(cluster);
            for (int i = 0; i < set.size(); i++)
            {
                hosts.add(host(set.endpoint(i), set.health(i)));
            }
            final JsonObject status = new JsonObject();
            status.addProperty("name", cluster.name());
            final SuccessRates rates = view.uses().of(cluster.id()).hosts().successRates();
            if (rates != null && rates.threshold() > 0)
            {
                status.add("success_rate_ejection_threshold", percent(rates.threshold()));
            }
            final SuccessRates local = view.uses().of(cluster.id()).hosts().localSuccessRates();
            if (rates != null && local.threshold() > 0)
            {
                status.add("local_origin_success_rate_ejection_threshold", percent(local.threshold()));
            }
            if (!hosts.isEmpty())
            {
                status.add("host_statuses", hosts);
            }
            status.add("circuit_breakers", circuitBreakers(cluster));
            status.addProperty("observability_name", shown.getOrDefault(cluster.name(), cluster.name()));
            statuses.add(status);
        }
        final JsonObject root = new JsonObject();
        root.add("cluster_statuses", statuses);
        return root;
    }

    /** As the JSON of protobuf: what is 0, and the first kind, is left out, and long numbers are texts. */
    private static JsonArray stats(final EndpointCounters counters)
    {
        final JsonArray stats = new JsonArray();
        for (int id = 0; id < EndpointCounters.COUNT; id++)
        {
            final JsonObject stat = new JsonObject();
            if (EndpointCounters.isGauge(id))
            {
                stat.addProperty("type", "GAUGE");
            }
            final long value = counters.sum(id);
            if (value != 0)
            {
                stat.addProperty("value", Long.toString(value));
            }
            stat.addProperty("name", EndpointCounters.name(id));
            stats.add(stat);
        }
        return stats;
    }

    /** {@code type.v3.Percent}. */
    private static JsonObject percent(final double value)
    {
        final JsonObject percent = new JsonObject();
        if (value != 0)
        {
            percent.addProperty("value", value);
        }
        return percent;
    }

    private static JsonObject host(final Endpoint endpoint, final HostHealth health)
    {
        final JsonObject host = new JsonObject();
        host.add("address", address(endpoint.address()));
        host.add("stats", stats(health.counters()));
        host.add("health_status", HealthText.json(endpoint, health));
        if (health.successRate() >= 0)
        {
            host.add("success_rate", percent(health.successRate()));
        }
        if (health.localSuccessRate() >= 0)
        {
            host.add("local_origin_success_rate", percent(health.localSuccessRate()));
        }
        host.addProperty("weight", endpoint.weight());
        if (!endpoint.hostname().isEmpty())
        {
            host.addProperty("hostname", endpoint.hostname());
        }
        if (endpoint.place().priority() > 0)
        {
            host.addProperty("priority", endpoint.place().priority());
        }
        host.add("locality", locality(endpoint.place().locality()));
        return host;
    }

    private static JsonObject locality(final Locality locality)
    {
        final JsonObject result = new JsonObject();
        addIfGiven(result, "region", locality.region());
        addIfGiven(result, "zone", locality.zone());
        addIfGiven(result, "sub_zone", locality.subZone());
        return result;
    }

    private static void addIfGiven(final JsonObject object, final String name, final String value)
    {
        if (!value.isEmpty())
        {
            object.addProperty(name, value);
        }
    }

    private HostSet hosts(final Cluster cluster)
    {
        final ClusterHosts hosts = view.uses().of(cluster.id()).hosts();
        return cluster.balancing().original() != null ? hosts.newest() : hosts.set(cluster, System.nanoTime());
    }

    private JsonObject circuitBreakers(final Cluster cluster)
    {
        final JsonArray thresholds = new JsonArray();
        thresholds.add(thresholds(cluster, false));
        thresholds.add(thresholds(cluster, true));
        final JsonObject result = new JsonObject();
        result.add("thresholds", thresholds);
        return result;
    }

    private JsonObject thresholds(final Cluster cluster, final boolean isHigh)
    {
        final Thresholds bounds = cluster.circuitBreakers().of(isHigh);
        final JsonObject threshold = new JsonObject();
        if (isHigh)
        {
            threshold.addProperty("priority", "HIGH");
        }
        threshold.addProperty("max_connections", bounds.maxConnections());
        threshold.addProperty("max_pending_requests", bounds.maxPendingRequests());
        threshold.addProperty("max_requests", bounds.maxRequests());
        threshold.addProperty("max_retries", retries(cluster, isHigh));
        return threshold;
    }

    private static JsonObject address(final Address address)
    {
        final JsonObject inner = new JsonObject();
        final JsonObject outer = new JsonObject();
        if (address.unixPath() != null)
        {
            inner.addProperty("path", address.unixPath());
            outer.add("pipe", inner);
        }
        else
        {
            inner.addProperty("address", address.host());
            inner.addProperty("port_value", address.inet().getPort());
            outer.add("socket_address", inner);
        }
        return outer;
    }

    Page listeners(final Query query)
    {
        final List<Listener> all = view.listeners();
        if (!query.value("format").equals("json"))
        {
            return Page.text(out ->
            {
                for (final Listener listener : all)
                {
                    out.append(listener.name()).append("::").append(listener.address().toString()).append('\n');
                }
            });
        }
        final JsonArray statuses = new JsonArray();
        for (final Listener listener : all)
        {
            final JsonObject status = new JsonObject();
            status.addProperty("name", listener.name());
            status.add("local_address", address(listener.address()));
            statuses.add(status);
        }
        final JsonObject root = new JsonObject();
        root.add("listener_statuses", statuses);
        return Page.json(root);
    }
}
