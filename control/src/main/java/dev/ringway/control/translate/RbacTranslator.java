package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.RbacCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.AccessPolicies;
import dev.ringway.engine.httpfilters.AccessRule;
import dev.ringway.engine.httpfilters.Rbac;
import dev.ringway.engine.snapshot.CidrRanges;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Translates {@code extensions.filters.http.rbac.v3.RBAC}.
 */
final class RbacTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.rbac.v3.RBAC";

    private static final AccessRule NONE = new AccessRule.Not(AccessRule.ANY);

    private final Checks checks;
    private final CounterRegistry counters;
    private final ConditionTranslator conditions;

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param runtime  of the bootstrap.
     */
    RbacTranslator(final Checks checks, final CounterRegistry counters, final RuntimeValues runtime)
    {
        this.checks = checks;
        this.counters = counters;
        conditions = new ConditionTranslator(checks, runtime);
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        return rbac(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.parseFrom(config.getValue()), path,
            statPrefix, false);
    }

    private Rbac rbac(
        final io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC config, final FieldPath path,
        final String statPrefix, final boolean isRoutes)
    {
        final AccessPolicies rules =
            config.hasRules() ? policies(config.getRules(), path.field("rules")) : null;
        final AccessPolicies shadow =
            config.hasShadowRules() ? policies(config.getShadowRules(), path.field("shadow_rules")) : null;
        final List<FilterAnswer> refusals = new ArrayList<>();
        if (rules != null)
        {
            rules.policies().forEach(policy -> refusals.add(Rbac.refusal(policy.name())));
        }
        refusals.add(Rbac.refusal("none"));
        return new Rbac(rules, shadow, List.copyOf(refusals), isRoutes ? null : new RbacCounters(
            counters, statPrefix, dotted(config.getRulesStatPrefix()), dotted(config.getShadowRulesStatPrefix())));
    }

    private static String dotted(final String prefix)
    {
        return prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + '.';
    }

    private AccessPolicies policies(final RBAC config, final FieldPath path)
    {
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

    private AccessRule permission(final Permission config, final FieldPath path)
    {
        return switch (config.getRuleCase())
        {
            case AND_RULES -> new AccessRule.Several(
                set(permissions(config.getAndRules().getRulesList(), path.field("and_rules").field("rules")), path), true);
            case OR_RULES -> new AccessRule.Several(
                set(permissions(config.getOrRules().getRulesList(), path.field("or_rules").field("rules")), path), false);
            case ANY -> any(config.getAny(), path);
            case HEADER -> new AccessRule.Field(conditions.header(config.getHeader(), path.field("header")));
            case URL_PATH -> new AccessRule.Path(
                conditions.text(config.getUrlPath().getPath(), path.field("url_path").field("path")));
            case NOT_RULE -> new AccessRule.Not(permission(config.getNotRule(), path.field("not_rule")));
            default -> missing(path, "any, header, url_path, and_rules, or_rules or not_rule");
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

    private AccessRule principal(final Principal config, final FieldPath path)
    {
        return switch (config.getIdentifierCase())
        {
            case AND_IDS -> new AccessRule.Several(
                set(principals(config.getAndIds().getIdsList(), path.field("and_ids").field("ids")), path), true);
            case OR_IDS -> new AccessRule.Several(
                set(principals(config.getOrIds().getIdsList(), path.field("or_ids").field("ids")), path), false);
            case ANY -> any(config.getAny(), path);
            case HEADER -> new AccessRule.Field(conditions.header(config.getHeader(), path.field("header")));
            case URL_PATH -> new AccessRule.Path(
                conditions.text(config.getUrlPath().getPath(), path.field("url_path").field("path")));
            case DIRECT_REMOTE_IP -> range(config.getDirectRemoteIp(), path.field("direct_remote_ip"));
            case NOT_ID -> new AccessRule.Not(principal(config.getNotId(), path.field("not_id")));
            default -> missing(path, "any, header, url_path, direct_remote_ip, and_ids, or_ids or not_id");
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

    private AccessRule range(final CidrRange config, final FieldPath path)
    {
        final List<CidrRanges.Range> ranges = RangeTranslator.translate(List.of(config), path, checks);
        return ranges.isEmpty() ? NONE : new AccessRule.DirectAddress(new CidrRanges(ranges));
    }

    private AccessRule missing(final FieldPath path, final String what)
    {
        checks.fault(path, "needs " + what);
        return NONE;
    }

    /**
     * {@inheritDoc}
     */
    public String routeType()
    {
        return "envoy.extensions.filters.http.rbac.v3.RBACPerRoute";
    }

    /**
     * {@inheritDoc}
     */
    public Object routeSettings(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        return rbac(RBACPerRoute.parseFrom(config.getValue()).getRbac(), path.field("rbac"), statPrefix, true);
    }
}
