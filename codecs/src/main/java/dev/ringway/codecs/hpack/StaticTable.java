package dev.ringway.codecs.hpack;

import dev.ringway.codecs.http.HeaderName;
import java.nio.charset.StandardCharsets;
import org.agrona.UnsafeApi;

/**
 * The static table (RFC 7541 appendix A), each entry as the line {@code name ":" SP value CRLF}. Indices count from 1.
 * Any thread.
 */
final class StaticTable
{
    static final int COUNT = 61;
    static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(byte[].class);

    private static final String ENTRIES =
        ":authority|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http|:scheme=https|:status=200|" +
        ":status=204|:status=206|:status=304|:status=400|:status=404|:status=500|accept-charset|" +
        "accept-encoding=gzip, deflate|accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|" +
        "authorization|cache-control|content-disposition|content-encoding|content-language|content-length|" +
        "content-location|content-range|content-type|cookie|date|etag|expect|expires|from|host|if-match|" +
        "if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|" +
        "proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|" +
        "strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate";
    private static final byte[][] LINES = new byte[COUNT + 1][];
    private static final byte[] NAME_LENGTHS = new byte[COUNT + 1];
    private static final byte[] NAME_IDS = new byte[COUNT + 1];
    private static final byte[] FIRST_BY_ID = new byte[HeaderName.COUNT];

    static
    {
        final String[] entries = ENTRIES.split("\\|");
        for (int index = COUNT; index > 0; index--)
        {
            final String entry = entries[index - 1];
            final int separator = entry.indexOf('=');
            final String name = separator < 0 ? entry : entry.substring(0, separator);
            final String value = separator < 0 ? "" : entry.substring(separator + 1);
            final byte[] line = (name + ": " + value + "\r\n").getBytes(StandardCharsets.US_ASCII);
            LINES[index] = line;
            NAME_LENGTHS[index] = (byte)name.length();
            final int id = name.charAt(0) == ':' ?
                PseudoHeader.idOf(line, ARRAY_BASE, name.length()) :
                HeaderName.idOf(line, ARRAY_BASE, name.length());
            NAME_IDS[index] = (byte)id;
            if (id > HeaderName.OTHER)
            {
                FIRST_BY_ID[id] = (byte)index;
            }
        }
    }

    private StaticTable()
    {
    }

    static byte[] line(final int index)
    {
        return LINES[index];
    }

    static int nameLength(final int index)
    {
        return NAME_LENGTHS[index];
    }

    /** A constant of {@link HeaderName} or {@link PseudoHeader}. */
    static int nameId(final int index)
    {
        return NAME_IDS[index];
    }

    /** First index with a name, 0 when the table has it not. */
    static int indexOf(final int nameId)
    {
        return FIRST_BY_ID[nameId];
    }
}
