package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.route.FractionCondition;
import dev.ringway.engine.route.MirrorPolicy;
import dev.ringway.engine.route.Route.Target;
import io.envoyproxy.envoy.config.route.v3.RouteAction.RequestMirrorPolicy;
import io.envoyproxy.envoy.type.v3.FractionalPercent;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.List;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Translates {@code config.route.v3.RouteAction.RequestMirrorPolicy}. Control thread only.
 */
final class MirrorTranslator
{
    private static final String LOOPBACK = "127.0.0.1";

    private final Checks checks;
    private final RouteTargets targets;
    private final Fractions fractions;
    private byte[] address;

    /**
     * @param checks  where faults go.
     * @param targets finds clusters.
     * @param runtime values that shares of requests depend on.
     */
    MirrorTranslator(final Checks checks, final RouteTargets targets, final RuntimeValues runtime)
    {
        this.checks = checks;
        this.targets = targets;
        fractions = new Fractions(checks, runtime);
    }

    /**
     * @param configs   messages.
     * @param path      of the list.
     * @param mustExist whether clusters that policies name must be there.
     * @param unset     policies that hold where there are none of these.
     * @return the policies; when faults were noted they are of no use.
     */
    MirrorPolicy[] translate(
        final List<RequestMirrorPolicy> configs,
        final FieldPath path,
        final boolean mustExist,
        final MirrorPolicy[] unset)
    {
        if (configs.isEmpty())
        {
            return unset;
        }
        final MirrorPolicy[] policies = new MirrorPolicy[configs.size()];
        for (int i = 0; i < policies.length; i++)
        {
            policies[i] = translate(configs.get(i), path.at(i), mustExist);
        }
        return policies;
    }

    private MirrorPolicy translate(final RequestMirrorPolicy config, final FieldPath path, final boolean mustExist)
    {
        if (config.getCluster().isEmpty() == config.getClusterHeader().isEmpty())
        {
            checks.fault(path, "needs either cluster or cluster_header");
        }
        final Target target = config.getClusterHeader().isEmpty() ?
            targets.named(config.getCluster(), path.field("cluster"), mustExist) :
            targets.byField(config.getClusterHeader(), path.field("cluster_header"));
        final FieldPath share = path.field("runtime_fraction");
        final FractionalPercent percent =
            config.hasRuntimeFraction() ? fractions.percent(config.getRuntimeFraction(), share) : null;
        return new MirrorPolicy(target.clusterId(), target.clusterField(),
            target.clusterField() == null ? null : targets.names(),
            percent == null ? null : new FractionCondition(percent.getNumerator(), Fractions.whole(percent)),
            config.getDisableShadowHostSuffixAppend(), address());
    }

    private byte[] address()
    {
        if (address == null)
        {
            address = ownAddress().getBytes(US_ASCII);
        }
        return address;
    }

    /** As Envoy: the first address of IPv4 that others can reach. */
    private static String ownAddress()
    {
        try
        {
            for (final NetworkInterface card : Collections.list(NetworkInterface.getNetworkInterfaces()))
            {
                final String address = card.isUp() ? firstAddress(card) : null;
                if (address != null)
                {
                    return address;
                }
            }
        }
        catch (final SocketException e)
        {
            // A host that does not tell is known to itself alone.
        }
        return LOOPBACK;
    }

    private static String firstAddress(final NetworkInterface card)
    {
        for (final InetAddress candidate : Collections.list(card.getInetAddresses()))
        {
            if (candidate instanceof Inet4Address && !candidate.isLoopbackAddress())
            {
                return candidate.getHostAddress();
            }
        }
        return null;
    }
}
