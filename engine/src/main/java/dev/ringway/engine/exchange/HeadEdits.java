package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.MessageHead;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.filter.HeadStore;
import dev.ringway.engine.upstream.EditedTarget;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Has heads themselves lose and gain what edits say, so that filters see them as if they had come like that. Allocates
 * nothing once it has seen the longest. One per loop. Loop thread only.
 */
final class HeadEdits
{
    private static final int INITIAL = 1024;

    private UnsafeBuffer lines = new UnsafeBuffer(new byte[INITIAL]);

    /**
     * Changes the fields of a head.
     *
     * @param head  to change.
     * @param store that it grows into.
     * @param edits what becomes of it.
     * @param kept  mask of names that stay though the edits drop them or the head nominates them.
     * @return false when memory has run out or there is no room for them.
     */
    boolean edit(final MessageHead head, final HeadStore store, final HeaderEdits edits, final long kept)
    {
        final HeaderTable headers = head.headers();
        final long dropped = edits.dropMask() & ~kept & ~(1L << HeaderName.OTHER);
        for (int i = headers.count() - 1; i >= 0; i--)
        {
            final int nameId = headers.nameId(i);
            if (headers.nominated(i) && (kept >>> nameId & 1) == 0 || (dropped >>> nameId & 1) != 0)
            {
                headers.remove(i);
            }
        }
        if (edits.isTooLong())
        {
            return false;
        }
        ensure(edits.addedLength());
        final int length = edits.write(lines, 0);
        final int at = length == 0 ? 0 : store.append(head, lines.byteArray(), length);
        return at >= 0 && addLines(headers, at, at + length);
    }

    /**
     * Gives a request the path and the host that it goes on with.
     *
     * @param head   to change.
     * @param store  that it grows into.
     * @param target what the request goes on to.
     * @return false when memory has run out or there is no room for them.
     */
    boolean retarget(final RequestHead head, final HeadStore store, final EditedTarget target)
    {
        if (!target.isChanged())
        {
            return true;
        }
        final int hostLength = target.hostLength(head);
        ensure(hostLength);
        lines.putBytes(0, target.hostBuffer(head), target.hostOffset(head), hostLength);
        final int host = store.append(head, lines.byteArray(), hostLength);
        if (host < 0)
        {
            return false;
        }
        head.authority(host, hostLength);
        final int length = target.pathLength();
        final int path = length < 0 ? 0 : store.append(head, target.path(), length);
        if (length >= 0 && path >= 0)
        {
            final int query = indexOf(head.headers().buffer(), (byte)'?', path, path + length);
            head.path(path, length, query == path + length ? -1 : query);
        }
        return path >= 0;
    }

    private void ensure(final int length)
    {
        if (length > lines.capacity())
        {
            lines = new UnsafeBuffer(new byte[Integer.highestOneBit(length) << 1]);
        }
    }

    /** Tells a table of lines that were put behind its head. */
    private static boolean addLines(final HeaderTable headers, final int at, final int end)
    {
        final DirectBuffer buffer = headers.buffer();
        boolean isAdded = true;
        int start = at;
        while (start < end && isAdded)
        {
            final int colon = indexOf(buffer, (byte)':', start, end);
            final int value = colon + 2;
            final int next = indexOf(buffer, (byte)'\r', value, end);
            isAdded = headers.addCanonical(
                start, colon - start, next - value, HeaderName.idOf(buffer, start, colon - start));
            start = next + 2;
        }
        return isAdded;
    }

    private static int indexOf(final DirectBuffer buffer, final byte character, final int from, final int end)
    {
        int at = from;
        while (at < end && buffer.getByte(at) != character)
        {
            at++;
        }
        return at;
    }
}
