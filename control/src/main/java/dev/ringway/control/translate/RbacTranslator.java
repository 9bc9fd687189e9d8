package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.translate.AccessPolicyTranslator.Of;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.counters.RbacCounters;
import dev.ringway.engine.filter.FilterAnswer;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.AccessPolicies;
import dev.ringway.engine.httpfilters.Rbac;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;

import java.util.ArrayList;
import java.util.List;

/**
 * Translates {@code extensions.filters.http.rbac.v3.RBAC}.
 */
final class RbacTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.rbac.v3.RBAC";

    private final CounterRegistry counters;
    private final AccessPolicyTranslator policies;

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param runtime  of the bootstrap.
     */
    RbacTranslator(final Checks checks, final CounterRegistry counters, final RuntimeValues runtime)
    {
        this.counters = counters;
        policies = new AccessPolicyTranslator(checks, runtime);
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
            config.hasRules() ? policies.translate(config.getRules(), path.field("rules"), Of.REQUEST) : null;
        final AccessPolicies shadow =
            config.hasShadowRules() ? policies.translate(config.getShadowRules(), path.field("shadow_rules"), Of.REQUEST) : null;
        final List<FilterAnswer> refusals = new ArrayList<>();
        if (rules != null)
        {
            rules.policies().forEach(policy -> refusals.add(Rbac.refusal(policy.name())));
        }
        refusals.add(Rbac.refusal("none"));
        return new Rbac(rules, shadow, List.copyOf(refusals), isRoutes ? null : new RbacCounters(
            counters, statPrefix, dotted(config.getRulesStatPrefix()), dotted(config.getShadowRulesStatPrefix())));
    }

    /** A prefix of stats with a dot behind it. */
    static String dotted(final String prefix)
    {
        return prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + '.';
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
