package dev.ringway.engine.route;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import org.agrona.concurrent.UnsafeBuffer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Name of a request's field, or of what Envoy takes for one: {@code :method}, {@code :path} with the query,
 * {@code :authority}, {@code :scheme}. Immutable.
 */
public final class HeaderKey
{
    /** Beside what {@link Kind} tells of without a look at the head. */
    private static final long COMPLETED = HeaderName.mask(HeaderName.X_FORWARDED_FOR, HeaderName.X_FORWARDED_PORT,
        HeaderName.X_FORWARDED_CLIENT_CERT, HeaderName.X_ENVOY_EXTERNAL_ADDRESS, HeaderName.VIA);

    private final Kind kind;
    private final byte[] name;
    private final int nameId;
    private final FieldName field;

    /** Where its value comes from. */
    enum Kind
    {
        FIELD, METHOD, PATH, AUTHORITY, SCHEME, INTERNAL, STATUS, UNKNOWN
    }

    /**
     * @param name in any case, not empty.
     */
    public HeaderKey(final String name)
    {
        final String lower = name.toLowerCase(Locale.ROOT);
        this.name = lower.getBytes(StandardCharsets.UTF_8);
        field = new FieldName(lower);
        nameId = field.id();
        kind = switch (lower)
        {
            case ":method" -> Kind.METHOD;
            case ":path" -> Kind.PATH;
            case ":authority", "host" -> Kind.AUTHORITY;
            // Both say what the connection manager has found out, whatever the client said.
            case ":scheme", "x-forwarded-proto" -> Kind.SCHEME;
            case "x-envoy-internal" -> Kind.INTERNAL;
            // Of responses alone.
            case ":status" -> Kind.STATUS;
            default -> lower.startsWith(":") ? Kind.UNKNOWN : Kind.FIELD;
        };
    }

    /** Where its value comes from. */
    Kind kind()
    {
        return kind;
    }

    /**
     * Whether several values are one, joined by commas, as Envoy has it for the fields that it knows best; of others
     * each counts alone.
     */
    boolean isJoined()
    {
        return nameId != HeaderName.OTHER && nameId != HeaderName.COOKIE;
    }

    /** Where its value comes from once the request has all that it goes on with. */
    Kind kindAtEnd()
    {
        return kind == Kind.INTERNAL || kind == Kind.SCHEME && nameId != HeaderName.OTHER ? Kind.FIELD : kind;
    }

    /** Whether requests gain it on their way to their route, so that it is to be looked for in a completed head. */
    boolean isCompleted()
    {
        return nameId != HeaderName.OTHER && (COMPLETED >>> nameId & 1) != 0;
    }

    /** In lower case, not to be changed. */
    byte[] name()
    {
        return name;
    }

    /**
     * @return a constant of {@link HeaderName}.
     */
    public int nameId()
    {
        return nameId;
    }

    /**
     * @return whether it is a field of the head itself.
     */
    public boolean isField()
    {
        return kind == Kind.FIELD;
    }

    /**
     * @return the name alone.
     */
    public FieldName field()
    {
        return field;
    }

    /**
     * @return the name in lower case, not to be changed.
     */
    public UnsafeBuffer bytes()
    {
        return field.bytes();
    }

    /**
     * @param headers of a message.
     * @return its first field of this name, or -1.
     */
    public int find(final HeaderTable headers)
    {
        return field.find(headers, -1);
    }

    /**
     * {@inheritDoc}
     */
    @Override
    public boolean equals(final Object other)
    {
        return other instanceof final HeaderKey key && Arrays.equals(name, key.name);
    }

    /**
     * {@inheritDoc}
     */
    @Override
    public int hashCode()
    {
        return Arrays.hashCode(name);
    }
}
