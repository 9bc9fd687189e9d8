package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.Lookups.Family;
import dev.ringway.engine.snapshot.Address;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.RefreshRate;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Translates how a cluster's names are looked up.
 */
// Fields that Envoy deprecates are still what most configurations use.
@SuppressWarnings("deprecation")
final class LookupTranslator
{
    private static final String CARES = "envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig";
    private static final long DEFAULT_REFRESH_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long LEAST_REFRESH_NS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Of waits after failures, where their bound is not given. */
    private static final int FAILURE_GROWTH = 10;
    private static final int MOST_TIMEOUT_S = 60;
    private static final int MOST_TRIES = 100;

    private final Checks checks;
    private final AddressTranslator addresses;

    LookupTranslator(final Checks checks)
    {
        this.checks = checks;
        addresses = new AddressTranslator(checks);
    }

    /**
     * @param config of the cluster.
     * @param path   where it stands.
     * @return what it says, with Envoy's defaults for the rest.
     */
    Lookups translate(final Cluster config, final FieldPath path)
    {
        final long refreshNs = checks.durationAtLeast(config.hasDnsRefreshRate(), config.getDnsRefreshRate(),
            path.field("dns_refresh_rate"), DEFAULT_REFRESH_NS, LEAST_REFRESH_NS);
        final Family family = Family.valueOf(config.getDnsLookupFamily().name());
        final long jitterNs =
            checks.duration(config.hasDnsJitter(), config.getDnsJitter(), path.field("dns_jitter"), 0);
        final NameServers servers = config.hasTypedDnsResolverConfig() ?
            servers(config.getTypedDnsResolverConfig(), path.field("typed_dns_resolver_config")) : NameServers.SYSTEM;
        if (!config.hasDnsFailureRefreshRate())
        {
            return new Lookups(refreshNs, config.getRespectDnsTtl(), family, jitterNs, 0, 0, servers);
        }
        final RefreshRate rate = config.getDnsFailureRefreshRate();
        final FieldPath at = path.field("dns_failure_refresh_rate");
        checks.required(rate.hasBaseInterval(), at.field("base_interval"));
        final long baseNs = checks.durationAtLeast(rate.hasBaseInterval(), rate.getBaseInterval(),
            at.field("base_interval"), LEAST_REFRESH_NS, LEAST_REFRESH_NS);
        final long mostNs = checks.durationAtLeast(rate.hasMaxInterval(), rate.getMaxInterval(),
            at.field("max_interval"), FAILURE_GROWTH * baseNs, LEAST_REFRESH_NS);
        if (mostNs < baseNs)
        {
            checks.fault(at.field("max_interval"), "must not be less than base_interval");
        }
        return new Lookups(refreshNs, config.getRespectDnsTtl(), family, jitterNs, baseNs, mostNs, servers);
    }

    private NameServers servers(final TypedExtensionConfig config, final FieldPath path)
    {
        final FieldPath at = path.field("typed_config");
        if (!checks.required(config.hasTypedConfig(), at))
        {
            return NameServers.SYSTEM;
        }
        final Any any = config.getTypedConfig();
        if (!ExtensionTypes.nameOf(any.getTypeUrl()).equals(CARES))
        {
            checks.fault(at, ExtensionTypes.nameOf(any.getTypeUrl()) + " is not supported here; supported is " + CARES);
            return NameServers.SYSTEM;
        }
        try
        {
            return servers(CaresDnsResolverConfig.parseFrom(any.getValue()), at);
        }
        catch (final InvalidProtocolBufferException ex)
        {
            checks.fault(at, "cannot be decoded: " + ex.getMessage());
            return NameServers.SYSTEM;
        }
    }

    private NameServers servers(final CaresDnsResolverConfig config, final FieldPath path)
    {
        final List<InetSocketAddress> all = new ArrayList<>();
        for (int i = 0; i < config.getResolversCount(); i++)
        {
            final FieldPath at = path.field("resolvers").at(i);
            if (checks.required(config.getResolvers(i).hasSocketAddress(), at.field("socket_address")))
            {
                final Address address =
                    addresses.inet(config.getResolvers(i).getSocketAddress(), at.field("socket_address"));
                if (address != null)
                {
                    all.add(address.inet());
                }
            }
        }
        final NameServers unset = NameServers.SYSTEM;
        final long timeoutS = config.getQueryTimeoutSeconds().getValue();
        final boolean hasTimeout = config.hasQueryTimeoutSeconds();
        if (hasTimeout && (timeoutS < 1 || timeoutS > MOST_TIMEOUT_S))
        {
            checks.fault(path.field("query_timeout_seconds"), "must be from 1 to " + MOST_TIMEOUT_S);
        }
        return new NameServers(List.copyOf(all), config.getDnsResolverOptions().getUseTcpForDnsLookups(),
            !config.getDnsResolverOptions().getNoDefaultSearchDomain(),
            hasTimeout ? TimeUnit.SECONDS.toNanos(Math.clamp(timeoutS, 1, MOST_TIMEOUT_S)) : unset.timeoutNs(),
            checks.count(config.hasQueryTries(), config.getQueryTries(), path.field("query_tries"), unset.tries(), 1,
                MOST_TRIES),
            config.getRotateNameservers());
    }
}
