package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.httpfilters.AccessPolicies;
import dev.ringway.engine.httpfilters.AccessRule;
import dev.ringway.engine.httpfilters.AccessRule.End;
import dev.ringway.engine.snapshot.CidrRanges;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.MetadataSource;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.rbac.v3.SourcedMetadata;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.Int32Range;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Translates {@code config.rbac.v3.RBAC}. Control thread only.
 */
final class AccessPolicyTranslator
{
    private static final AccessRule NONE = new AccessRule.Not(AccessRule.ANY);
    private static final int MAX_PORT = 65535;

    private final Checks checks;
    private final ConditionTranslator conditions;
    private final MetadataMatchers metadata;
    private Of of;

    /** What is judged. */
    enum Of
    {
        /** Requests. */
        REQUEST,
        /** Connections that are decrypted here. */
        SECURE_CONNECTION,
        /** Other connections. */
        CLEAR_CONNECTION
    }

    /**
     * @param checks  where faults go.
     * @param runtime values that settings may depend on.
     */
    AccessPolicyTranslator(final Checks checks, final RuntimeValues runtime)
    {
        this.checks = checks;
        conditions = new ConditionTranslator(checks, runtime);
        metadata = new MetadataMatchers(checks, conditions);
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @param judged what is judged by it.
     * @return policies; of no use when faults were noted.
     */
    AccessPolicies translate(final RBAC config, final FieldPath path, final Of judged)
    {
        of = judged;
        final List<AccessPolicies.Policy> policies = new ArrayList<>();
        for (final Map.Entry<String, Policy> entry : new TreeMap<>(config.getPoliciesMap()).entrySet())
        {
            final FieldPath at = path.field("policies").field(entry.getKey());
            checks.required(entry.getValue().getPermissionsCount() > 0, at.field("permissions"));
            checks.required(entry.getValue().getPrincipalsCount() > 0, at.field("principals"));
            policies.add(new AccessPolicies.Policy(
                permissions(entry.getValue().getPermissionsList(), at.field("permissions")),
                principals(entry.getValue().getPrincipalsList(), at.field("principals")), entry.getKey()));
        }
        return new AccessPolicies(config.getAction() == RBAC.Action.DENY, List.copyOf(policies));
    }

    private List<AccessRule> permissions(final List<Permission> configs, final FieldPath path)
    {
        final List<AccessRule> rules = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            rules.add(permission(configs.get(i), path.at(i)));
        }
        return List.copyOf(rules);
    }

    @SuppressWarnings("deprecation")
    private AccessRule permission(final Permission config, final FieldPath path)
    {
        return switch (config.getRuleCase())
        {
            case AND_RULES -> new AccessRule.Several(
                set(permissions(config.getAndRules().getRulesList(), path.field("and_rules").field("rules")), path), true);
            case OR_RULES -> new AccessRule.Several(
                set(permissions(config.getOrRules().getRulesList(), path.field("or_rules").field("rules")), path), false);
            case ANY -> any(config.getAny(), path);
            case HEADER -> ofRequest(path.field("header"),
                new AccessRule.Field(conditions.header(config.getHeader(), path.field("header"))));
            case URL_PATH -> ofRequest(path.field("url_path"), new AccessRule.Path(
                conditions.text(config.getUrlPath().getPath(), path.field("url_path").field("path"))));
            case DESTINATION_IP -> range(config.getDestinationIp(), path.field("destination_ip"), End.LOCAL);
            case DESTINATION_PORT -> port(config.getDestinationPort(), path.field("destination_port"));
            case DESTINATION_PORT_RANGE ->
                ports(config.getDestinationPortRange(), path.field("destination_port_range"));
            case REQUESTED_SERVER_NAME ->
                serverName(config.getRequestedServerName(), path.field("requested_server_name"));
            case METADATA -> dynamic(config.getMetadata(), path.field("metadata"));
            case SOURCED_METADATA -> sourced(config.getSourcedMetadata(), path.field("sourced_metadata"));
            case NOT_RULE -> new AccessRule.Not(permission(config.getNotRule(), path.field("not_rule")));
            default -> missing(path, "any, header, url_path, destination_ip, destination_port, " +
                "destination_port_range, requested_server_name, metadata, sourced_metadata, and_rules, or_rules or " +
                "not_rule");
        };
    }

    private List<AccessRule> principals(final List<Principal> configs, final FieldPath path)
    {
        final List<AccessRule> rules = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            rules.add(principal(configs.get(i), path.at(i)));
        }
        return List.copyOf(rules);
    }

    @SuppressWarnings("deprecation")
    private AccessRule principal(final Principal config, final FieldPath path)
    {
        return switch (config.getIdentifierCase())
        {
            case AND_IDS -> new AccessRule.Several(
                set(principals(config.getAndIds().getIdsList(), path.field("and_ids").field("ids")), path), true);
            case OR_IDS -> new AccessRule.Several(
                set(principals(config.getOrIds().getIdsList(), path.field("or_ids").field("ids")), path), false);
            case ANY -> any(config.getAny(), path);
            case HEADER -> ofRequest(path.field("header"),
                new AccessRule.Field(conditions.header(config.getHeader(), path.field("header"))));
            case URL_PATH -> ofRequest(path.field("url_path"), new AccessRule.Path(
                conditions.text(config.getUrlPath().getPath(), path.field("url_path").field("path"))));
            case DIRECT_REMOTE_IP -> range(config.getDirectRemoteIp(), path.field("direct_remote_ip"), End.DIRECT);
            case REMOTE_IP -> range(
                config.getRemoteIp(), path.field("remote_ip"), of == Of.REQUEST ? End.FORWARDED : End.REMOTE);
            case SOURCE_IP -> range(config.getSourceIp(), path.field("source_ip"), End.REMOTE);
            case AUTHENTICATED -> authenticated(config.getAuthenticated(), path.field("authenticated"));
            case METADATA -> dynamic(config.getMetadata(), path.field("metadata"));
            case SOURCED_METADATA -> sourced(config.getSourcedMetadata(), path.field("sourced_metadata"));
            case NOT_ID -> new AccessRule.Not(principal(config.getNotId(), path.field("not_id")));
            default -> missing(path, "any, header, url_path, direct_remote_ip, remote_ip, source_ip, authenticated, " +
                "metadata, sourced_metadata, and_ids, or_ids or not_id");
        };
    }

    private List<AccessRule> set(final List<AccessRule> rules, final FieldPath path)
    {
        checks.required(!rules.isEmpty(), path);
        return rules;
    }

    private AccessRule any(final boolean isAny, final FieldPath path)
    {
        if (!isAny)
        {
            checks.fault(path.field("any"), "must be true");
        }
        return AccessRule.ANY;
    }

    private AccessRule range(final CidrRange config, final FieldPath path, final End end)
    {
        final List<CidrRanges.Range> ranges = RangeTranslator.translate(List.of(config), path, checks);
        return ranges.isEmpty() ? NONE : new AccessRule.Address(new CidrRanges(ranges), end);
    }

    private AccessRule port(final int port, final FieldPath path)
    {
        if (port < 0 || port > MAX_PORT)
        {
            checks.fault(path, "must be at most " + MAX_PORT);
        }
        return new AccessRule.Port(port, port + 1);
    }

    private AccessRule ports(final Int32Range config, final FieldPath path)
    {
        if (config.getStart() < 0 || config.getEnd() > MAX_PORT + 1 || config.getStart() >= config.getEnd())
        {
            checks.fault(path, "must have a start below its end, both of ports");
        }
        return new AccessRule.Port(config.getStart(), config.getEnd());
    }

    private AccessRule serverName(final StringMatcher config, final FieldPath path)
    {
        if (of == Of.CLEAR_CONNECTION)
        {
            checks.fault(path, "is known where the chain has a transport_socket");
        }
        return new AccessRule.ServerName(conditions.text(config, path));
    }

    private AccessRule dynamic(final MetadataMatcher config, final FieldPath path)
    {
        return of == Of.REQUEST ? metadata.ofNothing(config, path) : metadata.ofConnection(config, path);
    }

    private AccessRule sourced(final SourcedMetadata config, final FieldPath path)
    {
        final FieldPath at = path.field("metadata_matcher");
        checks.required(config.hasMetadataMatcher(), at);
        if (of == Of.REQUEST && config.getMetadataSource() == MetadataSource.ROUTE)
        {
            checks.fault(path.field("metadata_source"), "ROUTE is not supported: only access logs tell metadata of routes");
        }
        return config.getMetadataSource() == MetadataSource.DYNAMIC ?
            dynamic(config.getMetadataMatcher(), at) : metadata.ofNothing(config.getMetadataMatcher(), at);
    }

    private AccessRule authenticated(final Principal.Authenticated config, final FieldPath path)
    {
        return new AccessRule.Authenticated(config.hasPrincipalName() ?
            conditions.text(config.getPrincipalName(), path.field("principal_name")) : null);
    }

    private AccessRule ofRequest(final FieldPath path, final AccessRule rule)
    {
        if (of != Of.REQUEST)
        {
            checks.fault(path, "is for requests alone");
        }
        return rule;
    }

    private AccessRule missing(final FieldPath path, final String what)
    {
        checks.fault(path, "needs " + what);
        return NONE;
    }
}
