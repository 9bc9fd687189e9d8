package dev.ringway.engine.route;

import dev.ringway.engine.route.RequestRules.EscapedSlashes;
import org.agrona.DirectBuffer;

/**
 * Brings the path of a request into one form, so that what is routed is what the endpoint will serve (RFC 3986, 6.2.2).
 * Reused; allocates nothing. Loop thread only.
 *
 * <p>As Envoy: backslashes become slashes, dot segments go, also where the dots are percent codes and where parameters
 * ({@code ;}) hang on them, unreserved characters lose their percent codes, characters that no URI may hold get one.
 * More than Envoy: parameters are also cut from dot segments with percent codes, and from those in front of a
 * backslash; a path of slashes only becomes one slash when slashes are merged.
 */
public final class PathNormalizer
{
    /** Nothing to change. */
    public static final int UNCHANGED = 0;
    /** {@link #bytes()} hold the new path. */
    public static final int CHANGED = 1;
    /** The client should ask for {@link #bytes()} instead. */
    public static final int REDIRECTED = 2;
    /** The path is refused. */
    public static final int REJECTED = 3;

    /** A location or request line with this much leaves room in a chunk for the rest of its head. */
    private static final int CAPACITY = 62 * 1024;
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'
    };
    private static final String ESCAPED = "<>\"`{}|^";
    private static final String NOTABLE = ESCAPED + "%\\";
    private static final byte[] CLASSES = new byte[256];
    private static final byte UNRESERVED = 1;
    private static final byte ESCAPE = 2;
    private static final byte MARK = 4;

    static
    {
        for (final char c : "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".toCharArray())
        {
            CLASSES[c] |= UNRESERVED;
        }
        for (final char c : ESCAPED.toCharArray())
        {
            CLASSES[c] |= ESCAPE;
        }
        for (final char c : NOTABLE.toCharArray())
        {
            CLASSES[c] |= MARK;
        }
    }

    private final byte[] source = new byte[CAPACITY];
    private final byte[] target = new byte[CAPACITY];
    private int sourceLength;
    private int length;
    private int pathLength;
    private int segmentEnd;

    /**
     * @param buffer      that holds the path.
     * @param offset      where it starts.
     * @param pathBytes   its bytes without the query.
     * @param queryBytes  bytes of the query behind it, question mark included.
     * @param rules       that apply.
     * @return one of the constants.
     */
    public int normalize(
        final DirectBuffer buffer, final int offset, final int pathBytes, final int queryBytes,
        final RequestRules rules)
    {
        if (pathBytes == 0 || buffer.getByte(offset) != '/' || isPlain(buffer, offset, pathBytes))
        {
            return UNCHANGED;
        }
        length = 0;
        if (pathBytes + queryBytes > CAPACITY)
        {
            return REJECTED;
        }
        buffer.getBytes(offset, source, 0, pathBytes);
        sourceLength = pathBytes;
        final boolean hasEscaped = rules.escapedSlashes() != EscapedSlashes.KEEP && unescapeSlashes();
        if (hasEscaped && rules.escapedSlashes() == EscapedSlashes.REJECT || rules.normalizePath() && !resolve())
        {
            keepSource();
            finish(buffer, offset + pathBytes, queryBytes);
            return REJECTED;
        }
        if (!rules.normalizePath())
        {
            keepSource();
        }
        if (rules.mergeSlashes())
        {
            mergeSlashes();
        }
        if (length + queryBytes > CAPACITY)
        {
            length = 0;
            return REJECTED;
        }
        finish(buffer, offset + pathBytes, queryBytes);
        return hasEscaped && rules.escapedSlashes() == EscapedSlashes.REDIRECT ? REDIRECTED : CHANGED;
    }

    private void keepSource()
    {
        System.arraycopy(source, 0, target, 0, sourceLength);
        length = sourceLength;
    }

    /** The path is done; its query goes behind it. */
    private void finish(final DirectBuffer buffer, final int query, final int queryBytes)
    {
        pathLength = length;
        buffer.getBytes(query, target, length, queryBytes);
        length += queryBytes;
    }

    /**
     * @return new path with query, of which {@link #length()} bytes count; written over by the next call.
     */
    public byte[] bytes()
    {
        return target;
    }

    /**
     * @return bytes of path and query; 0 for one that is refused and stays as it came.
     */
    public int length()
    {
        return length;
    }

    /**
     * @return bytes of the path without the query.
     */
    public int pathLength()
    {
        return pathLength;
    }

    /** Most paths have nothing that any rule would change, and are read once. */
    private static boolean isPlain(final DirectBuffer buffer, final int offset, final int pathBytes)
    {
        byte previous = 0;
        for (int i = 0; i < pathBytes; i++)
        {
            final byte b = buffer.getByte(offset + i);
            if ((CLASSES[b & 0xFF] & MARK) != 0 || previous == '/' && (b == '/' || b == '.'))
            {
                return false;
            }
            previous = b;
        }
        return true;
    }

    private boolean unescapeSlashes()
    {
        int to = 0;
        for (int at = 0; at < sourceLength; )
        {
            final int value = source[at] == '%' ? percentCode(at) : -1;
            final boolean isSlash = value == '/' || value == '\\';
            source[to++] = isSlash ? (byte)value : source[at];
            at += isSlash ? 3 : 1;
        }
        final boolean isFound = to != sourceLength;
        sourceLength = to;
        return isFound;
    }

    private boolean resolve()
    {
        int at = 0;
        while (at < sourceLength)
        {
            if (length + 3 > CAPACITY)
            {
                return false;
            }
            final byte b = source[at];
            if (isSlash(b))
            {
                target[length++] = '/';
                at = afterSlash(at + 1);
            }
            else if (b == '%')
            {
                final int value = percentCode(at);
                if (value == 0)
                {
                    return false;
                }
                at = putPercentCode(at, value);
            }
            else
            {
                putCharacter(b);
                at++;
            }
        }
        return true;
    }

    /** Takes a dot segment away; what is written ends with a slash before and after. */
    private int afterSlash(final int at)
    {
        final int dots = dotSegment(at);
        if (dots == 0)
        {
            return at;
        }
        if (dots == 2 && length > 1)
        {
            length--;
            while (target[length - 1] != '/')
            {
                length--;
            }
        }
        if (segmentEnd < sourceLength)
        {
            length--;
        }
        return segmentEnd;
    }

    /** Returns 1 or 2 for a segment of as many dots, whose end is kept, or 0 for any other. */
    private int dotSegment(final int from)
    {
        int at = from;
        int dots = 0;
        while (at < sourceLength && dots < 3)
        {
            if (source[at] == '.')
            {
                at++;
            }
            else if (source[at] == '%' && percentCode(at) == '.')
            {
                at += 3;
            }
            else
            {
                break;
            }
            dots++;
        }
        if (dots == 0 || dots == 3 || at < sourceLength && !isSlash(source[at]) && source[at] != ';')
        {
            return 0;
        }
        while (at < sourceLength && !isSlash(source[at]))
        {
            at++;
        }
        segmentEnd = at;
        return dots;
    }

    private int putPercentCode(final int at, final int value)
    {
        if (value > 0 && (CLASSES[value] & UNRESERVED) != 0)
        {
            target[length++] = (byte)value;
            return at + 3;
        }
        final int count = value < 0 ? 1 : 3;
        System.arraycopy(source, at, target, length, count);
        length += count;
        return at + count;
    }

    private void putCharacter(final byte b)
    {
        if ((CLASSES[b & 0xFF] & ESCAPE) == 0)
        {
            target[length++] = b;
            return;
        }
        target[length++] = '%';
        target[length++] = HEX[b >> 4];
        target[length++] = HEX[b & 0xF];
    }

    private void mergeSlashes()
    {
        int to = 0;
        for (int at = 0; at < length; at++)
        {
            if (target[at] != '/' || to == 0 || target[to - 1] != '/')
            {
                target[to++] = target[at];
            }
        }
        length = to;
    }

    /** Returns the byte that a percent code stands for, or -1 when it is none. */
    private int percentCode(final int at)
    {
        if (at + 2 >= sourceLength)
        {
            return -1;
        }
        final int high = Character.digit(source[at + 1], 16);
        final int low = Character.digit(source[at + 2], 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static boolean isSlash(final byte b)
    {
        return b == '/' || b == '\\';
    }
}
