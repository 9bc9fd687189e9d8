package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.httpfilters.LimitAction;
import dev.ringway.engine.httpfilters.LimitDescriptor.Entry;
import dev.ringway.engine.route.HeaderKey;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.GenericKey;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.HeaderValueMatch;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.MaskedRemoteAddress;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.QueryParameterValueMatch;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.QueryParameters;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action.RequestHeaders;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.VhRateLimitsOptions;

import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Translates {@code rate_limits}: what is said of requests for limits to find their buckets. Control thread only.
 */
final class RateLimitRules
{
    private static final int LAST_STAGE = 10;
    private static final int LENGTH4 = 32;
    private static final int LENGTH6 = 128;
    private static final long MOST_TOKENS = 1_000_000_000;
    private static final String KEY = "descriptor_key";
    private static final String VALUE = "descriptor_value";

    private final Checks checks;
    private final ConditionTranslator conditions;
    private final String ownCluster;

    /**
     * @param checks     where faults go.
     * @param conditions translates what fields must be like.
     * @param ownCluster {@code node.cluster}.
     */
    RateLimitRules(final Checks checks, final ConditionTranslator conditions, final String ownCluster)
    {
        this.checks = checks;
        this.conditions = conditions;
        this.ownCluster = ownCluster;
    }

    /**
     * One of {@code rate_limits}.
     *
     * @param stage   of the filters that it is for.
     * @param actions in order.
     */
    record Rule(int stage, List<LimitAction> actions)
    {
    }

    /**
     * Those of a route and its virtual host.
     *
     * @param ofRoute      in order.
     * @param ofHost       in order.
     * @param includesHost {@code include_vh_rate_limits}.
     */
    record OfRoute(List<Rule> ofRoute, List<Rule> ofHost, boolean includesHost)
    {
        /** Of a route that forwards nothing. */
        static final OfRoute NONE = new OfRoute(List.of(), List.of(), false);

        /** Those that a filter goes by. */
        List<List<LimitAction>> actions(final int stage, final VhRateLimitsOptions option)
        {
            final boolean takesHosts = includesHost || option == VhRateLimitsOptions.INCLUDE ||
                option == VhRateLimitsOptions.OVERRIDE && ofRoute.isEmpty();
            final List<Rule> all = new ArrayList<>(ofRoute);
            all.addAll(takesHosts ? ofHost : List.of());
            return all.stream().filter(rule -> rule.stage == stage).map(Rule::actions).toList();
        }
    }

    /**
     * @param configs messages of a route or a virtual host.
     * @param path    of their field.
     * @return what they say; without those that are disabled.
     */
    List<Rule> translate(final List<RateLimit> configs, final FieldPath path)
    {
        final List<Rule> rules = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            final RateLimit config = configs.get(i);
            final int stage =
                checks.count(config.hasStage(), config.getStage(), path.at(i).field("stage"), 0, 0, LAST_STAGE);
            final List<LimitAction> actions = actions(config, path.at(i));
            if (config.hasHitsAddend())
            {
                checks.fault(path.at(i).field("hits_addend"), "is for the rate_limits of filters alone");
            }
            if (config.getDisableKey().isEmpty())
            {
                rules.add(new Rule(stage, actions));
            }
        }
        return rules;
    }

    /**
     * @param configs messages of a filter.
     * @param path    of their field.
     * @return what they say.
     */
    List<List<LimitAction>> ofFilter(final List<RateLimit> configs, final FieldPath path)
    {
        final List<List<LimitAction>> rules = new ArrayList<>(configs.size());
        for (int i = 0; i < configs.size(); i++)
        {
            final RateLimit config = configs.get(i);
            if (config.hasStage() || !config.getDisableKey().isEmpty())
            {
                checks.fault(path.at(i), "must have neither stage nor disable_key, which are for routes alone");
            }
            rules.add(actions(config, path.at(i)));
        }
        return rules;
    }

    private List<LimitAction> actions(final RateLimit config, final FieldPath at)
    {
        final FieldPath path = at.field("actions");
        checks.required(config.getActionsCount() > 0, path);
        final List<LimitAction> actions = new ArrayList<>(config.getActionsCount());
        for (int i = 0; i < config.getActionsCount(); i++)
        {
            final LimitAction action = action(config.getActions(i), path.at(i));
            if (action != null)
            {
                actions.add(action);
            }
        }
        if (config.getHitsAddend().hasNumber())
        {
            final long tokens = config.getHitsAddend().getNumber().getValue();
            if (tokens < 0 || tokens > MOST_TOKENS)
            {
                checks.fault(at.field("hits_addend").field("number"), "must be at most " + MOST_TOKENS);
            }
            actions.add(new LimitAction.Tokens(tokens));
        }
        return actions;
    }

    private LimitAction action(final Action config, final FieldPath path)
    {
        switch (config.getActionSpecifierCase())
        {
            case SOURCE_CLUSTER ->
            {
                return new LimitAction.Constant(new Entry("source_cluster", ownCluster));
            }
            case DESTINATION_CLUSTER ->
            {
                return new LimitAction.DestinationCluster();
            }
            case REQUEST_HEADERS ->
            {
                return field(config.getRequestHeaders(), path.field("request_headers"));
            }
            case REMOTE_ADDRESS ->
            {
                return new LimitAction.RemoteAddress();
            }
            case GENERIC_KEY ->
            {
                final GenericKey key = config.getGenericKey();
                checks.required(key.getDescriptorValue(), path.field("generic_key").field(VALUE));
                return new LimitAction.Constant(
                    entry(key.getDescriptorKey(), "generic_key", key.getDescriptorValue()));
            }
            case HEADER_VALUE_MATCH ->
            {
                return match(config.getHeaderValueMatch(), path.field("header_value_match"));
            }
            case MASKED_REMOTE_ADDRESS ->
            {
                final MaskedRemoteAddress mask = config.getMaskedRemoteAddress();
                final FieldPath at = path.field("masked_remote_address");
                return new LimitAction.RemoteNetwork(
                    checks.count(mask.hasV4PrefixMaskLen(), mask.getV4PrefixMaskLen(), at.field("v4_prefix_mask_len"),
                        LENGTH4, 0, LENGTH4),
                    checks.count(mask.hasV6PrefixMaskLen(), mask.getV6PrefixMaskLen(), at.field("v6_prefix_mask_len"),
                        LENGTH6, 0, LENGTH6));
            }
            case QUERY_PARAMETERS ->
            {
                return parameter(config.getQueryParameters(), path.field("query_parameters"));
            }
            case QUERY_PARAMETER_VALUE_MATCH ->
            {
                return match(config.getQueryParameterValueMatch(), path.field("query_parameter_value_match"));
            }
            default ->
            {
                checks.fault(path, "needs source_cluster, destination_cluster, request_headers, query_parameters, " +
                    "remote_address, masked_remote_address, generic_key, header_value_match or " +
                    "query_parameter_value_match");
                return null;
            }
        }
    }

    private static Entry entry(final String key, final String unsetKey, final String value)
    {
        return new Entry(key.isEmpty() ? unsetKey : key, value);
    }

    private LimitAction field(final RequestHeaders config, final FieldPath path)
    {
        checks.required(config.getDescriptorKey(), path.field(KEY));
        final String name = config.getHeaderName();
        if (checks.required(name, path.field("header_name")) && name.chars().anyMatch(c -> c < 0x20))
        {
            checks.fault(path.field("header_name"), "must not hold control characters");
        }
        return new LimitAction.Field(new HeaderKey(name.isEmpty() ? "-" : name),
            new Entry(config.getDescriptorKey(), "").key(), config.getSkipIfAbsent());
    }

    private LimitAction parameter(final QueryParameters config, final FieldPath path)
    {
        checks.required(config.getDescriptorKey(), path.field(KEY));
        checks.required(config.getQueryParameterName(), path.field("query_parameter_name"));
        return new LimitAction.Parameter(config.getQueryParameterName().getBytes(UTF_8),
            new Entry(config.getDescriptorKey(), "").key(), config.getSkipIfAbsent());
    }

    private LimitAction match(final QueryParameterValueMatch config, final FieldPath path)
    {
        checks.required(config.getDescriptorValue(), path.field(VALUE));
        checks.required(config.getQueryParametersCount() > 0, path.field("query_parameters"));
        return new LimitAction.FieldsMatch(
            entry(config.getDescriptorKey(), "query_match", config.getDescriptorValue()),
            List.copyOf(conditions.parameters(config.getQueryParametersList(), path.field("query_parameters"))),
            !config.hasExpectMatch() || config.getExpectMatch().getValue());
    }

    private LimitAction match(final HeaderValueMatch config, final FieldPath path)
    {
        checks.required(config.getDescriptorValue(), path.field(VALUE));
        checks.required(config.getHeadersCount() > 0, path.field("headers"));
        return new LimitAction.FieldsMatch(
            entry(config.getDescriptorKey(), "header_match", config.getDescriptorValue()),
            List.copyOf(conditions.headers(config.getHeadersList(), path.field("headers"))),
            !config.hasExpectMatch() || config.getExpectMatch().getValue());
    }
}
