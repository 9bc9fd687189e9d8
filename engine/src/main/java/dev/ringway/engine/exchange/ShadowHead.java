package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.RequestHead;
import dev.ringway.engine.memory.BufferSlab;
import dev.ringway.engine.route.HostRewrite;
import dev.ringway.engine.upstream.EditedTarget;
import dev.ringway.engine.upstream.HeaderEdits;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * What heads of mirrored requests have beside those of the requests themselves, as with Envoy: they come from here, and
 * their host says that they are shadows. One per loop. Loop thread only.
 */
final class ShadowHead
{
    private static final byte[] TRUE = "true".getBytes(US_ASCII);
    private static final byte[] COMMA = {','};
    private static final byte[] SUFFIX = "-shadow".getBytes(US_ASCII);

    private final UnsafeBuffer hosts = new UnsafeBuffer(new byte[0]);
    private int plainLength;

    /**
     * Takes the head that an endpoint was sent.
     *
     * @param head    of the request.
     * @param edits   of it, which change.
     * @param rewrite of the request's host, or null.
     * @param address of this host.
     */
    void begin(final RequestHead head, final HeaderEdits edits, final HostRewrite rewrite, final byte[] address)
    {
        if (edits.find(HeaderName.X_ENVOY_INTERNAL, null) < 0 && (edits.drops(HeaderName.X_ENVOY_INTERNAL) ||
            !head.headers().contains(HeaderName.X_ENVOY_INTERNAL)))
        {
            edits.add(HeaderName.X_ENVOY_INTERNAL, TRUE);
        }
        final int added = edits.find(HeaderName.X_FORWARDED_FOR, null);
        if (added < 0)
        {
            edits.append(HeaderName.X_FORWARDED_FOR, head.headers(), COMMA, address, address.length);
        }
        else
        {
            edits.withdraw(HeaderName.X_FORWARDED_FOR, null);
            edits.repeat(added, BufferSlab.CHUNK_LENGTH);
            edits.values().put(COMMA);
            edits.addBytes(HeaderName.X_FORWARDED_FOR, address, address.length);
        }
        final EditedTarget target = edits.target();
        // An endpoint's own name is for that endpoint alone.
        final boolean isClients = rewrite != null && rewrite.isAutomatic();
        final DirectBuffer source = isClients ? head.headers().buffer() : target.hostBuffer(head);
        takeHost(source, isClients ? head.authorityOffset() : target.hostOffset(head),
            isClients ? head.authorityLength() : target.hostLength(head));
    }

    /** The host as it is, and behind it as that of a shadow: a port stays at the end. */
    private void takeHost(final DirectBuffer source, final int offset, final int length)
    {
        final int whole = (length << 1) + SUFFIX.length;
        if (hosts.capacity() < whole)
        {
            hosts.wrap(new byte[whole << 1]);
        }
        plainLength = length;
        hosts.putBytes(0, source, offset, length);
        final int port = port();
        hosts.putBytes(length, hosts, 0, port);
        hosts.putBytes(length + port, SUFFIX);
        hosts.putBytes(length + port + SUFFIX.length, hosts, port, length - port);
    }

    /** Where a port begins with its colon, or the end. */
    private int port()
    {
        for (int i = plainLength - 1; i >= 0 && hosts.getByte(i) != ']'; i--)
        {
            if (hosts.getByte(i) == ':')
            {
                return i;
            }
        }
        return plainLength;
    }

    /**
     * @param isPlain whether it is the host that the endpoint saw, with nothing added.
     * @param edits   gain the host.
     */
    void host(final boolean isPlain, final HeaderEdits edits)
    {
        edits.target().host(hosts, isPlain ? 0 : plainLength, isPlain ? plainLength : plainLength + SUFFIX.length);
    }
}
