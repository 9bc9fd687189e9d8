package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.filter.HttpFilterFactory;
import dev.ringway.engine.httpfilters.BufferFilter;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.Buffer;
import io.envoyproxy.envoy.extensions.filters.http.buffer.v3.BufferPerRoute;

/**
 * Translates {@code extensions.filters.http.buffer.v3.Buffer}.
 */
final class BufferTranslator implements HttpFilterType
{
    /** Of the settings. */
    static final String TYPE = "envoy.extensions.filters.http.buffer.v3.Buffer";

    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    BufferTranslator(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * {@inheritDoc}
     */
    public HttpFilterFactory factory(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        return buffer(Buffer.parseFrom(config.getValue()), path);
    }

    private BufferFilter buffer(final Buffer config, final FieldPath path)
    {
        checks.required(config.hasMaxRequestBytes(), path.field("max_request_bytes"));
        return new BufferFilter(checks.count(config.hasMaxRequestBytes(), config.getMaxRequestBytes(),
            path.field("max_request_bytes"), 1, 1, Integer.MAX_VALUE));
    }

    /**
     * {@inheritDoc}
     */
    public String routeType()
    {
        return "envoy.extensions.filters.http.buffer.v3.BufferPerRoute";
    }

    /**
     * {@inheritDoc}
     */
    public Object routeSettings(final Any config, final FieldPath path, final String statPrefix)
        throws InvalidProtocolBufferException
    {
        final BufferPerRoute route = BufferPerRoute.parseFrom(config.getValue());
        if (route.hasBuffer())
        {
            return buffer(route.getBuffer(), path.field("buffer"));
        }
        if (!route.getDisabled())
        {
            checks.fault(path, "needs buffer, or disabled: true");
        }
        return BufferFilter.DISABLED;
    }
}
