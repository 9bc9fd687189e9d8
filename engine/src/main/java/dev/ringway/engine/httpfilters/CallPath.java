package dev.ringway.engine.httpfilters;

import org.agrona.DirectBuffer;

/**
 * Where service and method stand in the path of a call. One thread at a time.
 */
final class CallPath
{
    private final int[] bounds = new int[4];

    /**
     * @param buffer holds the path.
     * @param offset of the path.
     * @param length of the path, query included.
     * @return whether it has two parts that are not empty, as a call's has.
     */
    boolean parse(final DirectBuffer buffer, final int offset, final int length)
    {
        int parts = 0;
        int at = offset;
        final int end = offset + length;
        boolean isOver = false;
        while (at < end && !isOver)
        {
            final int start = at;
            while (at < end && buffer.getByte(at) != '/' && buffer.getByte(at) != '?')
            {
                at++;
            }
            if (at > start && parts < 2)
            {
                bounds[parts << 1] = start;
                bounds[(parts << 1) + 1] = at;
            }
            parts += at > start ? 1 : 0;
            isOver = at < end && buffer.getByte(at) == '?';
            at++;
        }
        return parts == 2;
    }

    int serviceStart()
    {
        return bounds[0];
    }

    int serviceEnd()
    {
        return bounds[1];
    }

    int methodStart()
    {
        return bounds[2];
    }

    int methodEnd()
    {
        return bounds[3];
    }
}
