package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.accesslog.AccessFields;
import dev.ringway.engine.accesslog.AccessMetadata;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.conn.Connection;
import dev.ringway.engine.conn.ConnectionMetadata;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.route.Route;
import dev.ringway.engine.snapshot.AccessLogSink;
import dev.ringway.engine.snapshot.LoggedField;
import dev.ringway.engine.snapshot.LoggedField.Place;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.concurrent.UnsafeBuffer;

import java.util.List;

/**
 * Puts the fields that access logs ask for into a record, as they go on. Loop thread only.
 */
final class LoggedFields
{
    private static final UnsafeBuffer HTTP = new UnsafeBuffer(RequestScheme.HTTP);
    private static final UnsafeBuffer HTTPS = new UnsafeBuffer(RequestScheme.HTTPS);
    /** Of an int. */
    private static final int MAX_DIGITS = 10;

    private final UnsafeBuffer digits = new UnsafeBuffer(new byte[MAX_DIGITS]);

    /**
     * Puts all that are asked for of one place.
     *
     * @param record under way.
     * @param sinks  that ask.
     * @param place  where the fields stand.
     * @param fields that came, or null.
     * @param edits  what becomes of them, or null where nothing does.
     * @param length of a content that the head tells besides, 0 for none.
     */
    void put(
        final AccessRecord record,
        final List<AccessLogSink> sinks,
        final Place place,
        final HeaderTable fields,
        final HeaderEdits edits,
        final int length)
    {
        for (int i = 0; i < sinks.size(); i++)
        {
            final List<LoggedField> wanted = sinks.get(i).fields();
            for (int j = 0; j < wanted.size(); j++)
            {
                if (wanted.get(j).place() == place)
                {
                    put(record, wanted.get(j), fields, edits, length);
                }
            }
        }
    }

    /**
     * Puts what the configuration says of where a request went.
     *
     * @param record  under way.
     * @param cluster what is said of the cluster, or null.
     * @param route   that the request took, or null.
     */
    static void putMetadata(final AccessRecord record, final String cluster, final Route route)
    {
        record.metadata().put(AccessMetadata.CLUSTER, cluster);
        if (route != null)
        {
            record.metadata().put(AccessMetadata.ROUTE, route.metadata().route());
            record.metadata().put(AccessMetadata.VIRTUAL_HOST, route.metadata().host());
        }
    }

    /**
     * Puts the values that a connection carries and that are asked for.
     *
     * @param record     under way.
     * @param sinks      that ask.
     * @param connection of the client.
     */
    static void putMetadata(final AccessRecord record, final List<AccessLogSink> sinks, final Connection connection)
    {
        final ConnectionMetadata metadata = connection.metadata();
        if (!metadata.isAny(connection))
        {
            return;
        }
        for (int i = 0; i < sinks.size(); i++)
        {
            final List<LoggedField> wanted = sinks.get(i).fields();
            for (int j = 0; j < wanted.size(); j++)
            {
                final int value = wanted.get(j).place() != Place.METADATA ? -1 :
                    metadata.find(connection, wanted.get(j).id());
                if (value >= 0)
                {
                    AccessFields.put(
                        record, wanted.get(j).id(), metadata.slab().buffer(), value, metadata.length(value));
                }
            }
        }
    }

    private void put(
        final AccessRecord record,
        final LoggedField field,
        final HeaderTable fields,
        final HeaderEdits edits,
        final int length)
    {
        final FieldName name = field.name();
        if (field.isScheme())
        {
            putScheme(record, field, edits);
            return;
        }
        if (edits != null && edits.protocol() != null && RequestDrops.isOfUpgrade(name.id()))
        {
            return;
        }
        final boolean isDropped = edits != null && name.id() != HeaderName.OTHER && edits.drops(name.id());
        int index = fields == null || isDropped ? -1 : name.find(fields, -1);
        while (index >= 0 && fields.nominated(index))
        {
            index = name.find(fields, index);
        }
        final int added = index >= 0 || edits == null ? -1 : edits.find(name.id(), name.bytes());
        if (index >= 0)
        {
            putAll(record, field, fields, index);
        }
        else if (added >= 0)
        {
            AccessFields.put(
                record, field.id(), edits.values().buffer(), edits.valueOffset(added), edits.valueLength(added));
        }
        else if (length > 0 && name.id() == HeaderName.CONTENT_LENGTH)
        {
            AccessFields.put(record, field.id(), digits, 0, digits.putNaturalIntAscii(0, length));
        }
        else if (edits != null)
        {
            AccessFields.remove(record, field.id());
        }
    }

    /** The first value, or all of them where Envoy has them in one line. */
    private static void putAll(
        final AccessRecord record, final LoggedField field, final HeaderTable fields, final int first)
    {
        final FieldName name = field.name();
        int next = name.isJoined() ? name.find(fields, first) : -1;
        if (next >= 0)
        {
            // What is made longer stands behind all others.
            AccessFields.remove(record, field.id());
        }
        AccessFields.put(record, field.id(), fields.buffer(), fields.valueOffset(first), fields.valueLength(first));
        for (; next >= 0; next = name.find(fields, next))
        {
            if (!fields.nominated(next))
            {
                AccessFields.join(
                    record, field.id(), fields.buffer(), fields.valueOffset(next), fields.valueLength(next));
            }
        }
    }

    private static void putScheme(final AccessRecord record, final LoggedField field, final HeaderEdits edits)
    {
        if (edits != null)
        {
            final UnsafeBuffer scheme = edits.target().isHttps() ? HTTPS : HTTP;
            AccessFields.put(record, field.id(), scheme, 0, scheme.capacity());
        }
    }
}
