package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.counters.CorsCounters;
import dev.ringway.engine.counters.CounterRegistry;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.Cors;
import dev.ringway.engine.httpfilters.CorsPolicy;
import dev.ringway.engine.httpfilters.Fraction;
import dev.ringway.engine.route.RequestView;
import dev.ringway.engine.route.TextMatch;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Translates {@code extensions.filters.http.cors.v3.Cors} and {@code CorsPolicy}.
 */
final class CorsTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.cors.v3.Cors";

    private static final byte[] STAR = {'*'};

    private final Checks checks;
    private final CounterRegistry counters;
    private final Fractions fractions;
    private final ConditionTranslator conditions;

    /**
     * @param checks   where faults go.
     * @param counters gives out counters.
     * @param runtime  values that shares may have.
     */
    CorsTranslator(final Checks checks, final CounterRegistry counters, final RuntimeValues runtime)
    {
        this.checks = checks;
        this.counters = counters;
        fractions = new Fractions(checks, runtime);
        conditions = new ConditionTranslator(checks, runtime);
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any config, final FieldPath path, final String statPrefix)
    {
        return new Cors(new CorsCounters(counters, statPrefix));
    }

    /**
     * {@inheritDoc}
     */
    public String routeType()
    {
        return "envoy.extensions.filters.http.cors.v3.CorsPolicy";
    }

    /**
     * {@inheritDoc}
     */
    public Object routeSettings(final Any any, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        final var config =
            io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy.parseFrom(any.getValue());
        final FieldPath origins = path.field("allow_origin_string_match");
        final List<TextMatch> matches = new ArrayList<>();
        boolean isAny = false;
        for (int i = 0; i < config.getAllowOriginStringMatchCount(); i++)
        {
            final int before = checks.errors().count();
            final TextMatch match = conditions.text(config.getAllowOriginStringMatch(i), origins.at(i));
            if (match != null)
            {
                matches.add(match);
            }
            isAny |= checks.errors().count() == before &&
                match.matches(new RequestView(), new UnsafeBuffer(STAR), 0, STAR.length);
        }
        return new CorsPolicy(
            List.copyOf(matches), isAny,
            text(config.getAllowMethods(), path.field("allow_methods")),
            text(config.getAllowHeaders(), path.field("allow_headers")),
            text(config.getExposeHeaders(), path.field("expose_headers")),
            text(config.getMaxAge(), path.field("max_age")),
            config.hasAllowCredentials() ? config.getAllowCredentials().getValue() : null,
            config.hasAllowPrivateNetworkAccess() ? config.getAllowPrivateNetworkAccess().getValue() : null,
            config.hasForwardNotMatchingPreflights() ? config.getForwardNotMatchingPreflights().getValue() : null,
            fractions.of(
                config.hasFilterEnabled(), config.getFilterEnabled(), Fraction.ALL, path.field("filter_enabled")),
            fractions.of(
                config.hasShadowEnabled(), config.getShadowEnabled(), Fraction.NONE, path.field("shadow_enabled")));
    }

    private byte[] text(final String text, final FieldPath path)
    {
        if (text.chars().anyMatch(c -> c < 0x20 || c == 0x7f))
        {
            checks.fault(path, "must not hold control characters");
        }
        return text.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
