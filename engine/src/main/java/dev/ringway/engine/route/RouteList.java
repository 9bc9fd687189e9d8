package dev.ringway.engine.route;

import dev.ringway.engine.route.VirtualHost.TlsRequirement;
import org.agrona.DirectBuffer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Routes of one virtual host, compiled into parallel arrays. Most routes are told apart by their first eight bytes,
 * so those stand ready as one word each and the path's are read once. Immutable.
 */
final class RouteList
{
    private static final VarHandle WORD =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final byte PREFIX = 0;
    private static final byte EXACT = 1;
    private static final byte SEPARATED_PREFIX = 2;
    private static final byte ANY_CASE = 4;

    private final long[] words;
    private final long[] masks;
    private final byte[] kinds;
    private final byte[][] patterns;
    private final Route[] routes;
    private final TlsRequirement tls;

    /**
     * @param rules in order.
     * @param tls   which requests must come by HTTPS.
     */
    RouteList(final List<VirtualHost.Rule> rules, final TlsRequirement tls)
    {
        this.tls = tls;
        final int count = rules.size();
        words = new long[count];
        masks = new long[count];
        kinds = new byte[count];
        patterns = new byte[count][];
        routes = new Route[count];
        for (int i = 0; i < count; i++)
        {
            final PathMatch match = rules.get(i).match();
            final byte[] pattern = match.pattern().clone();
            kinds[i] = switch (match.kind())
            {
                case PREFIX -> PREFIX;
                case EXACT -> EXACT;
                case SEPARATED_PREFIX -> SEPARATED_PREFIX;
            };
            if (match.caseSensitive())
            {
                masks[i] = Words.mask(pattern.length);
                words[i] = Words.load(pattern, 0);
            }
            else
            {
                kinds[i] |= ANY_CASE;
                for (int b = 0; b < pattern.length; b++)
                {
                    pattern[b] = lower(pattern[b]);
                }
            }
            patterns[i] = pattern;
            routes[i] = rules.get(i).route();
        }
    }

    /**
     * @param isInternal whether a request is.
     * @return whether it must come by HTTPS.
     */
    boolean requiresTls(final boolean isInternal)
    {
        return tls == TlsRequirement.ALL || tls == TlsRequirement.EXTERNAL_ONLY && !isInternal;
    }

    /**
     * @param buffer that holds the path.
     * @param offset where it starts.
     * @param length its bytes, without the query.
     * @return the first route that matches, or null.
     */
    Route match(final DirectBuffer buffer, final int offset, final int length)
    {
        final long word = Words.load(buffer, offset, length);
        for (int i = 0; i < words.length; i++)
        {
            if ((word & masks[i]) == words[i] && matches(kinds[i], patterns[i], buffer, offset, length))
            {
                return routes[i];
            }
        }
        return null;
    }

    private static boolean matches(
        final byte kind, final byte[] pattern, final DirectBuffer buffer, final int offset, final int length)
    {
        final int covered = pattern.length;
        if (covered > length)
        {
            return false;
        }
        final boolean fits = switch (kind & ~ANY_CASE)
        {
            case EXACT -> covered == length;
            case SEPARATED_PREFIX -> covered == length || buffer.getByte(offset + covered) == '/';
            default -> true;
        };
        return fits && ((kind & ANY_CASE) == 0 ?
            startsWith(pattern, buffer, offset) : startsWithAnyCase(pattern, buffer, offset));
    }

    private static boolean startsWith(final byte[] pattern, final DirectBuffer buffer, final int offset)
    {
        int i = 0;
        for (; i + Long.BYTES <= pattern.length; i += Long.BYTES)
        {
            if ((long)WORD.get(pattern, i) != buffer.getLong(offset + i, ByteOrder.LITTLE_ENDIAN))
            {
                return false;
            }
        }
        for (; i < pattern.length; i++)
        {
            if (pattern[i] != buffer.getByte(offset + i))
            {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWithAnyCase(final byte[] pattern, final DirectBuffer buffer, final int offset)
    {
        for (int i = 0; i < pattern.length; i++)
        {
            if (pattern[i] != lower(buffer.getByte(offset + i)))
            {
                return false;
            }
        }
        return true;
    }

    private static byte lower(final byte b)
    {
        return b >= 'A' && b <= 'Z' ? (byte)(b | 0x20) : b;
    }
}
