package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.route.PathNormalizer;
import dev.ringway.engine.route.RequestRules;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.MutableDirectBuffer;

/**
 * Applies {@link RequestRules} to a head before it is routed, in its place where the result is not longer. Loop thread
 * only.
 */
final class RequestFixer
{
    /** The request may be routed. */
    static final int PASS = 0;
    /** The client is sent to another path. */
    static final int REDIRECT = 1;
    /** The path is refused. */
    static final int REJECT_PATH = 2;
    /** A target with scheme and authority is refused. */
    static final int REJECT_ABSOLUTE = 3;
    /** Memory has run out. */
    static final int NO_MEMORY = 4;

    private PathNormalizer paths;

    /**
     * Takes the memory to change paths with, which most configurations never ask for.
     *
     * @param changesPath whether a snapshot has rules that {@linkplain RequestRules#changesPath() change paths}; comes
     *                    before their first request.
     */
    void prepare(final boolean changesPath)
    {
        if (changesPath && paths == null)
        {
            paths = new PathNormalizer();
        }
    }

    /**
     * @param head  to change.
     * @param block where it goes when it grows.
     * @param rules that apply.
     * @return one of the constants.
     */
    int apply(final RequestHead head, final HeadBlock block, final RequestRules rules)
    {
        if (head.methodId() == HttpMethod.CONNECT)
        {
            return PASS;
        }
        if (head.absoluteForm() && !rules.allowAbsoluteUrl())
        {
            return REJECT_ABSOLUTE;
        }
        final int verdict = rules.changesPath() ? path(head, block, rules) : PASS;
        if (verdict != PASS)
        {
            // The host is told of as it came then.
            return verdict;
        }
        if (rules.stripTrailingDot())
        {
            stripTrailingDot(head);
        }
        if (rules.strippedPort() != RequestRules.NO_PORT)
        {
            stripPort(head, rules.strippedPort());
        }
        return PASS;
    }

    /**
     * @param edits gain the location of the last {@link #REDIRECT}.
     */
    void addLocation(final HeaderEdits edits)
    {
        edits.addBytes(HeaderName.LOCATION, paths.bytes(), paths.length());
    }

    private int path(final RequestHead head, final HeadBlock block, final RequestRules rules)
    {
        final int pathLength =
            head.queryOffset() < 0 ? head.pathLength() : head.queryOffset() - head.pathOffset();
        final int result = paths.normalize(
            head.headers().buffer(), head.pathOffset(), pathLength, head.pathLength() - pathLength, rules);
        if (result == PathNormalizer.UNCHANGED)
        {
            return PASS;
        }
        if (result == PathNormalizer.REJECTED && paths.length() == 0)
        {
            return REJECT_PATH;
        }
        int at = head.pathOffset();
        if (paths.length() <= head.pathLength())
        {
            head.headers().buffer().putBytes(at, paths.bytes(), 0, paths.length());
        }
        else
        {
            at = block.append(head, paths.bytes(), paths.length());
            if (at < 0)
            {
                return NO_MEMORY;
            }
        }
        final boolean hasQuery = paths.pathLength() < paths.length();
        head.path(at, paths.length(), hasQuery ? at + paths.pathLength() : -1);
        if (result == PathNormalizer.REJECTED)
        {
            // It is told of as far as it was understood.
            return REJECT_PATH;
        }
        if (result == PathNormalizer.REDIRECTED)
        {
            // A call of gRPC does not follow.
            return Grpc.isRequest(head.headers()) ? REJECT_PATH : REDIRECT;
        }
        return PASS;
    }

    /** The dot stands at the end, or in front of a port; a lone dot stays. */
    private static void stripTrailingDot(final RequestHead head)
    {
        final MutableDirectBuffer buffer = head.headers().buffer();
        final int start = head.authorityOffset();
        final int end = start + head.authorityLength();
        int colon = portDigits(buffer, start, end) - 1;
        if (colon < start || buffer.getByte(colon) != ':')
        {
            colon = end;
        }
        if (colon - start < 2 || buffer.getByte(colon - 1) != '.')
        {
            return;
        }
        for (int i = colon; i < end; i++)
        {
            buffer.putByte(i - 1, buffer.getByte(i));
        }
        head.authority(start, end - start - 1);
    }

    private static void stripPort(final RequestHead head, final int which)
    {
        final MutableDirectBuffer buffer = head.headers().buffer();
        final int start = head.authorityOffset();
        final int end = start + head.authorityLength();
        final int digits = portDigits(buffer, start, end);
        if (digits == end || digits - 1 <= start || buffer.getByte(digits - 1) != ':')
        {
            return;
        }
        int port = 0;
        for (int i = digits; i < end; i++)
        {
            port = port * 10 + buffer.getByte(i) - '0';
        }
        if (which == RequestRules.ANY_PORT || which == port)
        {
            head.authority(start, digits - 1 - start);
        }
    }

    private static int portDigits(final MutableDirectBuffer buffer, final int start, final int end)
    {
        int at = end;
        while (at > start && buffer.getByte(at - 1) >= '0' && buffer.getByte(at - 1) <= '9')
        {
            at--;
        }
        return at;
    }
}
