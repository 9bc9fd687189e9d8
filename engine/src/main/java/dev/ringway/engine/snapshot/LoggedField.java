package dev.ringway.engine.snapshot;

import dev.ringway.engine.accesslog.LogStrings;
import dev.ringway.engine.route.FieldName;

import java.util.Locale;

/**
 * A field that a format of an access log asks for and that records have no room of its own for. Immutable.
 *
 * @param place where it stands.
 * @param name  of it.
 * @param id    by which records name it, from {@link LogStrings}.
 */
public record LoggedField(Place place, FieldName name, int id)
{
    private static final String SCHEME = ":scheme";
    private static final FieldName NAMELESS = new FieldName("-");
    private static final int SCHEME_ID = LogStrings.register(Place.REQUEST + ":" + SCHEME);

    /** Where a field stands. */
    public enum Place
    {
        /** In the head of the request that goes to the endpoint. */
        REQUEST(AccessLogSink.USES_REQUEST_FIELDS),
        /** In the head of the response that goes to the client. */
        RESPONSE(AccessLogSink.USES_RESPONSE_FIELDS),
        /** Behind the response. */
        TRAILER(AccessLogSink.USES_TRAILERS),
        /** Among the values that the connection carries; asked for where one carries any. */
        METADATA(0);

        private final long use;

        Place(final long use)
        {
            this.use = use;
        }

        /**
         * @return one of {@link AccessLogSink}'s {@code USES_*}, or 0.
         */
        public long use()
        {
            return use;
        }
    }

    /**
     * @param place where it stands.
     * @param name  of it, in any case.
     * @return whether it is the scheme of a request, which is no field of the head.
     */
    public static boolean isScheme(final Place place, final String name)
    {
        return place == Place.REQUEST && name.equalsIgnoreCase(SCHEME);
    }

    /**
     * @return whether it is the scheme of a request, which is no field of the head.
     */
    public boolean isScheme()
    {
        return id == SCHEME_ID;
    }

    /**
     * @param key number of {@link MetadataKeys}.
     * @return a value that connections carry.
     */
    public static LoggedField ofMetadata(final int key)
    {
        return new LoggedField(Place.METADATA, NAMELESS, key);
    }

    /**
     * Not on a loop: gives it a number when it has none.
     *
     * @param place where it stands.
     * @param name  of it, in any case.
     * @return the field.
     */
    public static LoggedField of(final Place place, final String name)
    {
        return new LoggedField(
            place, new FieldName(name), LogStrings.register(place + ":" + name.toLowerCase(Locale.ROOT)));
    }
}
