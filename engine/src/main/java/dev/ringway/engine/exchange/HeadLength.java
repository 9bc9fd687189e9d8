package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.FieldName;
import dev.ringway.engine.upstream.HeaderEdits;

/**
 * How long heads are in the eyes of access logs: names and values of the fields as they go on, however they
 * are spelled. Loop thread only.
 */
final class HeadLength
{
    private static final int METHOD_AUTHORITY = ":method:authority".length();
    private static final int SCHEME_PATH = ":scheme:path".length();
    private static final int SCHEME_HTTP = ":schemehttp".length();
    private static final int STATUS = ":status200".length();
    private static final int CONTENT_LENGTH = "content-length".length();
    private static final int SWITCH = "connectionupgradeupgrade".length();

    private static final long JOINED = FieldName.joined();

    private HeadLength()
    {
    }

    /**
     * @param head  of a request.
     * @param edits what becomes of it.
     * @return its bytes.
     */
    static int ofRequest(final RequestHead head, final HeaderEdits edits)
    {
        final int start = METHOD_AUTHORITY + head.methodLength() + edits.target().hostLength(head);
        final int path = edits.target().pathLength() < 0 ? head.pathLength() : edits.target().pathLength();
        final boolean isTunnel = head.methodId() == HttpMethod.CONNECT;
        return start + (isTunnel ? 0 : SCHEME_PATH + path + (edits.target().isHttps() ? 5 : 4)) +
            ofFields(head.headers(), edits);
    }

    /**
     * @param head  of a request that is refused for its target: nobody has given it a scheme yet that has none.
     * @param edits that leave it as it is.
     * @return its bytes.
     */
    static int ofRefused(final RequestHead head, final HeaderEdits edits)
    {
        return ofRequest(head, edits) - (head.http2() || head.absoluteForm() ? 0 : SCHEME_HTTP);
    }

    /**
     * @param fields of a response, or null where there are none but what is added.
     * @param edits  what becomes of them.
     * @param length of a content that the head tells besides, 0 for none.
     * @return its bytes.
     */
    static int ofResponse(final HeaderTable fields, final HeaderEdits edits, final int length)
    {
        int digits = 0;
        for (int rest = length; rest > 0; rest /= 10)
        {
            digits++;
        }
        return STATUS + (digits > 0 ? CONTENT_LENGTH + digits : 0) + ofFields(fields, edits);
    }

    private static int ofFields(final HeaderTable fields, final HeaderEdits edits)
    {
        int length = edits.fieldsLength() + (edits.protocol() == null ? 0 : SWITCH + edits.protocol().length);
        final int count = fields == null ? 0 : fields.count();
        for (int i = 0; i < count; i++)
        {
            final int name = fields.nameId(i);
            final boolean isDropped = name != HeaderName.OTHER && (name == HeaderName.HOST || edits.drops(name));
            if (!isDropped && !fields.nominated(i))
            {
                length += fields.valueLength(i) + (isItem(fields, i) ? comma(fields, i) : fields.nameLength(i));
            }
        }
        return length;
    }

    /** Whether it is one more item of a list that has begun before. */
    private static boolean isItem(final HeaderTable fields, final int index)
    {
        final int name = fields.nameId(index);
        return (JOINED >>> name & 1) != 0 && fields.find(name) < index;
    }

    /** Bytes between it and the item before: none where either has nothing. */
    private static int comma(final HeaderTable fields, final int index)
    {
        final int name = fields.nameId(index);
        int before = fields.find(name);
        while (before < index && fields.valueLength(before) == 0)
        {
            before = fields.findNext(name, before);
        }
        return before < index && fields.valueLength(index) > 0 ? 1 : 0;
    }
}
