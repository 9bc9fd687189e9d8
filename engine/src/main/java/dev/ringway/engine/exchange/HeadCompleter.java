package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes edits into the head of a request itself, so that all who look at it see one and the same. Loop thread only.
 */
final class HeadCompleter
{
    private static final int INITIAL = 1024;
    /** Bytes of a line beside name and value. */
    private static final int OVERHEAD = 4;

    /** Grows to the longest lines that were added. */
    private final UnsafeBuffer lines = new UnsafeBuffer(new byte[INITIAL]);

    /**
     * Takes out of a head what edits drop, and puts what they add behind it. They name well-known fields alone.
     *
     * @param head  to change.
     * @param block that the head grows into.
     * @param edits of it.
     * @return false when there is no room for that, and what is added is missing; the edits say whether it is too long.
     */
    boolean apply(final RequestHead head, final HeadBlock block, final HeaderEdits edits)
    {
        final HeaderTable headers = head.headers();
        if ((headers.presentMask() & edits.dropMask()) != 0)
        {
            remove(headers, edits);
        }
        if (edits.addedLength() > lines.capacity() && !edits.isTooLong())
        {
            lines.wrap(new byte[edits.addedLength() << 1]);
        }
        if (edits.isTooLong())
        {
            return false;
        }
        final int length = edits.write(lines, 0);
        if (!block.holds(head, length))
        {
            edits.tooLong();
            return false;
        }
        int at = length == 0 ? 0 : block.append(head, lines.byteArray(), length);
        boolean fits = at >= 0;
        for (int i = 0; fits && i < edits.count(); i++)
        {
            if (edits.nameId(i) >= 0)
            {
                final int nameLength = HeaderName.bytes(edits.nameId(i)).length;
                fits = headers.addCanonical(at, nameLength, edits.valueLength(i), edits.nameId(i));
                at += nameLength + edits.valueLength(i) + OVERHEAD;
            }
        }
        return fits;
    }

    private static void remove(final HeaderTable headers, final HeaderEdits edits)
    {
        for (int i = headers.count() - 1; i >= 0; i--)
        {
            if (headers.nameId(i) != HeaderName.OTHER && edits.drops(headers.nameId(i)))
            {
                headers.remove(i);
            }
        }
    }
}
