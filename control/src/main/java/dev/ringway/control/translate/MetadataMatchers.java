package dev.ringway.control.translate;

import dev.ringway.control.accesslog.MetadataOperator;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.httpfilters.AccessRule;
import dev.ringway.engine.route.Condition;
import dev.ringway.engine.route.TextMatch;
import dev.ringway.engine.snapshot.MetadataKeys;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;

import java.util.ArrayList;
import java.util.List;

/**
 * Translates {@code type.matcher.v3.MetadataMatcher}. Control thread only.
 */
final class MetadataMatchers
{
    private static final TextMatch ANY = (view, buffer, offset, length) -> true;
    private static final TextMatch NONE = (view, buffer, offset, length) -> false;

    private final Checks checks;
    private final ConditionTranslator conditions;

    /**
     * @param checks     where faults go.
     * @param conditions translates what is demanded of texts.
     */
    MetadataMatchers(final Checks checks, final ConditionTranslator conditions)
    {
        this.checks = checks;
        this.conditions = conditions;
    }

    /**
     * @param config of connections.
     * @param path   of it.
     * @return what it demands of what a connection carries.
     */
    AccessRule ofConnection(final MetadataMatcher config, final FieldPath path)
    {
        final TextMatch match = match(config, path);
        // All values are texts: none has anything below it.
        return config.getPathCount() == 1 ? new AccessRule.Metadata(
            MetadataKeys.number(config.getFilter(), config.getPath(0).getKey()), match, config.getInvert()) :
            constant(config.getInvert());
    }

    /**
     * @param config of requests or routes, which carry nothing.
     * @param path   of it.
     * @return what comes of it.
     */
    AccessRule ofNothing(final MetadataMatcher config, final FieldPath path)
    {
        match(config, path);
        return constant(config.getInvert());
    }

    private static AccessRule constant(final boolean holds)
    {
        return holds ? AccessRule.ANY : new AccessRule.Not(AccessRule.ANY);
    }

    /**
     * @param configs of requests, which carry nothing.
     * @param path    of their field.
     * @return what comes of them.
     */
    List<Condition> ofRequests(final List<MetadataMatcher> configs, final FieldPath path)
    {
        final List<Condition> result = new ArrayList<>();
        for (int i = 0; i < configs.size(); i++)
        {
            match(configs.get(i), path.at(i));
            final boolean holds = configs.get(i).getInvert();
            result.add(view -> holds);
        }
        return result;
    }

    private TextMatch match(final MetadataMatcher config, final FieldPath path)
    {
        checks.required(config.getFilter(), path.field("filter"));
        if (MetadataOperator.isFilled(config.getFilter()))
        {
            checks.fault(path.field("filter"), "metadata of '" + config.getFilter() + "' is not supported");
        }
        checks.required(config.getPathCount() > 0, path.field("path"));
        for (int i = 0; i < config.getPathCount(); i++)
        {
            checks.required(config.getPath(i).getKey(), path.field("path").at(i).field("key"));
        }
        return checks.required(config.hasValue(), path.field("value")) ?
            value(config.getValue(), path.field("value")) : NONE;
    }

    private TextMatch value(final ValueMatcher config, final FieldPath path)
    {
        return switch (config.getMatchPatternCase())
        {
            case STRING_MATCH -> conditions.text(config.getStringMatch(), path.field("string_match"));
            case PRESENT_MATCH -> config.getPresentMatch() ? ANY : NONE;
            // Of other types than the values have.
            case NULL_MATCH, BOOL_MATCH -> NONE;
            case OR_MATCH ->
            {
                final FieldPath at = path.field("or_match").field("value_matchers");
                final List<TextMatch> matches = new ArrayList<>();
                for (int i = 0; i < config.getOrMatch().getValueMatchersCount(); i++)
                {
                    matches.add(value(config.getOrMatch().getValueMatchers(i), at.at(i)));
                }
                if (matches.size() < 2)
                {
                    checks.fault(at, "must have at least 2");
                }
                yield any(List.copyOf(matches));
            }
            default ->
            {
                checks.fault(path, "needs string_match, present_match, null_match, bool_match or or_match");
                yield NONE;
            }
        };
    }

    private static TextMatch any(final List<TextMatch> matches)
    {
        return (view, buffer, offset, length) ->
        {
            for (int i = 0; i < matches.size(); i++)
            {
                if (matches.get(i).matches(view, buffer, offset, length))
                {
                    return true;
                }
            }
            return false;
        };
    }
}
