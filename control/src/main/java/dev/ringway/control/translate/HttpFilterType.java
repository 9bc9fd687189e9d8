package dev.ringway.control.translate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ringway.control.config.FieldPath;
import dev.ringway.engine.filter.HttpFilterFactory;

/**
 * Translates the settings of one kind of HTTP filter. Control thread only.
 */
interface HttpFilterType
{
    /**
     * @param config     settings of a filter.
     * @param path       where they stand.
     * @param statPrefix of the connection manager.
     * @return the filter; of no use when faults were noted.
     * @throws InvalidProtocolBufferException when the message cannot be decoded.
     */
    HttpFilterFactory factory(Any config, FieldPath path, String statPrefix) throws InvalidProtocolBufferException;

    /**
     * @return type of what routes say to the filter, or null when they have nothing to say.
     */
    String routeType();

    /**
     * @param config     what a route says, of {@link #routeType}.
     * @param path       where it stands.
     * @param statPrefix of the connection manager.
     * @return settings for the filter; of no use when faults were noted.
     * @throws InvalidProtocolBufferException when the message cannot be decoded.
     */
    Object routeSettings(Any config, FieldPath path, String statPrefix) throws InvalidProtocolBufferException;

    /**
     * What a route says in the end.
     *
     * @param filter   that it says it to.
     * @param settings of the most specific level that has some, or null.
     * @param limits   {@code rate_limits} of the route and its virtual host.
     * @return that, or null for nothing; the levels are of no more interest when it is not {@code settings}.
     */
    default Object ofRoute(
        final HttpFilterFactory filter, final Object settings, final RateLimitRules.OfRoute limits)
    {
        return settings;
    }
}
