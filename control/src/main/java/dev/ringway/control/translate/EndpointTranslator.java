package dev.ringway.control.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.snapshot.Address;
import dev.ringway.engine.snapshot.Endpoint;
import dev.ringway.engine.snapshot.EndpointMetadata;
import dev.ringway.engine.snapshot.EndpointStatus;
import dev.ringway.engine.snapshot.HealthTarget;
import dev.ringway.engine.snapshot.Locality;
import dev.ringway.engine.snapshot.Place;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint.HealthCheckConfig;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates the endpoints of a {@code ClusterLoadAssignment}.
 */
final class EndpointTranslator
{
    private static final int MOST_PORT = 65_535;
    private static final int MOST_PRIORITIES = 128;
    private static final long MOST_WEIGHT = 0xFFFF_FFFFL;

    private final Checks checks;
    private final AddressTranslator addresses;

    EndpointTranslator(final Checks checks)
    {
        this.checks = checks;
        addresses = new AddressTranslator(checks);
    }

    /**
     * @param assignment of a cluster.
     * @param type       of the cluster: whether names may stand for addresses, and how.
     * @param path       where it stands.
     * @return its endpoints in the order of the configuration.
     */
    List<ClusterPlan.Target> translate(
        final ClusterLoadAssignment assignment, final DiscoveryType type, final FieldPath path)
    {
        final List<ClusterPlan.Target> targets = new ArrayList<>();
        final Map<Integer, Long> weights = new HashMap<>();
        for (int i = 0; i < assignment.getEndpointsCount(); i++)
        {
            final LocalityLbEndpoints group = assignment.getEndpoints(i);
            final FieldPath groupPath = path.field("endpoints").at(i);
            final Place place = place(group, groupPath);
            if (weights.merge(place.priority(), (long)place.weight(), Long::sum) > MOST_WEIGHT)
            {
                checks.fault(groupPath.field("load_balancing_weight"),
                    "all weights of a priority together must be at most " + MOST_WEIGHT);
            }
            final FieldPath all = groupPath.field("lb_endpoints");
            long sum = 0;
            for (int k = 0; k < group.getLbEndpointsCount(); k++)
            {
                final ClusterPlan.Target target = target(group.getLbEndpoints(k), place, type, all.at(k));
                if (target != null)
                {
                    targets.add(target);
                    sum += target.endpoint().weight();
                }
            }
            if (sum > MOST_WEIGHT)
            {
                checks.fault(all, "all weights of a locality together must be at most " + MOST_WEIGHT);
            }
        }
        if (type == DiscoveryType.LOGICAL_DNS &&
            (assignment.getEndpointsCount() != 1 || assignment.getEndpoints(0).getLbEndpointsCount() != 1))
        {
            checks.fault(path, "must have one endpoint for LOGICAL_DNS, and no more");
        }
        return targets;
    }

    private Place place(final LocalityLbEndpoints group, final FieldPath path)
    {
        if (group.getPriority() < 0 || group.getPriority() > MOST_PRIORITIES)
        {
            checks.fault(path.field("priority"), "must be at most " + MOST_PRIORITIES);
        }
        final int priority = Math.clamp(group.getPriority(), 0, MOST_PRIORITIES);
        final int weight = weight(
            group.hasLoadBalancingWeight(), group.getLoadBalancingWeight(), path.field("load_balancing_weight"), 0);
        final io.envoyproxy.envoy.config.core.v3.Locality at = group.getLocality();
        final Locality locality = new Locality(at.getRegion(), at.getZone(), at.getSubZone());
        return new Place(priority, locality.equals(Locality.NONE) ? Locality.NONE : locality, weight);
    }

    private int weight(final boolean isSet, final UInt32Value value, final FieldPath path, final int unset)
    {
        return checks.count(isSet, value, path, unset, 1, Integer.MAX_VALUE);
    }

    private ClusterPlan.Target target(
        final LbEndpoint lbEndpoint, final Place place, final DiscoveryType type, final FieldPath path)
    {
        final io.envoyproxy.envoy.config.endpoint.v3.Endpoint endpoint = lbEndpoint.getEndpoint();
        final FieldPath addressPath = path.field("endpoint").field("address");
        final int weight = weight(lbEndpoint.hasLoadBalancingWeight(), lbEndpoint.getLoadBalancingWeight(),
            path.field("load_balancing_weight"), 1);
        if (!checks.required(endpoint.hasAddress(), addressPath))
        {
            return null;
        }
        final EndpointStatus status = EndpointStatus.valueOf(lbEndpoint.getHealthStatus().name());
        final EndpointMetadata metadata = metadata(lbEndpoint.getMetadata());
        final HealthTarget check = endpoint.hasHealthCheckConfig() ?
            check(endpoint.getHealthCheckConfig(), path.field("endpoint").field("health_check_config")) :
            HealthTarget.OWN;
        final SocketAddress socket = endpoint.getAddress().getSocketAddress();
        if (type != DiscoveryType.STATIC && endpoint.getAddress().hasSocketAddress() &&
            !socket.getAddress().isEmpty() && AddressTranslator.literal(socket.getAddress()) == null)
        {
            final String hostname = endpoint.getHostname().isEmpty() ? socket.getAddress() : endpoint.getHostname();
            return addresses.checkPort(socket, addressPath.field("socket_address")) ?
                new ClusterPlan.Target(new Endpoint(null, hostname, weight, place, status, metadata, check,
                    type == DiscoveryType.LOGICAL_DNS ? socket.getAddress() + ':' + socket.getPortValue() : null),
                    socket.getAddress(), socket.getPortValue()) : null;
        }
        final Address address = addresses.translate(endpoint.getAddress(), addressPath);
        return address == null ? null : new ClusterPlan.Target(
            new Endpoint(address, endpoint.getHostname(), weight, place, status, metadata, check), null, 0);
    }

    private HealthTarget check(final HealthCheckConfig config, final FieldPath path)
    {
        if (config.getPortValue() < 0 || config.getPortValue() > MOST_PORT)
        {
            checks.fault(path.field("port_value"), "must be at most " + MOST_PORT);
        }
        if (config.hasAddress() && config.getPortValue() != 0)
        {
            checks.fault(path.field("port_value"), "is without effect beside address; remove it");
        }
        return new HealthTarget(
            config.hasAddress() ? addresses.translate(config.getAddress(), path.field("address")) : null,
            config.getPortValue(), config.getHostname(), config.getDisableActiveHealthCheck());
    }

    private static EndpointMetadata metadata(final Metadata metadata)
    {
        final Struct balancing =
            metadata.getFilterMetadataOrDefault(MetadataValues.BALANCING, Struct.getDefaultInstance());
        if (metadata.getFilterMetadataCount() == 0)
        {
            return EndpointMetadata.NONE;
        }
        final Map<String, List<String>> lists = new HashMap<>();
        balancing.getFieldsMap().forEach((key, value) ->
        {
            if (value.hasListValue())
            {
                lists.put(key, value.getListValue().getValuesList().stream().map(MetadataValues::text).toList());
            }
        });
        final Value none = Value.getDefaultInstance();
        final String hashKey = balancing.getFieldsOrDefault("hash_key", none).getStringValue();
        return new EndpointMetadata(MetadataValues.of(metadata), Map.copyOf(lists), hashKey.isEmpty() ? null : hashKey,
            balancing.getFieldsOrDefault("canary", none).getBoolValue(), MetadataValues.told(metadata));
    }
}
