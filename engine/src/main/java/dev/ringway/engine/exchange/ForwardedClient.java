package dev.ringway.engine.exchange;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.engine.snapshot.HttpConnectionManager;
import dev.ringway.ffi.sock.SockAddr;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Address of a request's client where the proxies before this one are trusted to tell it. It is read when the request
 * comes: whatever becomes of {@code x-forwarded-for} and of the bytes of the head later, it stays, as with Envoy. Reused
 * with its exchange. Loop thread only.
 */
final class ForwardedClient
{
    private final UnsafeBuffer sockAddr = new UnsafeBuffer(new byte[SockAddr.INET6_LENGTH]);
    private boolean isTold;

    /** A request has come; its head is as the client has sent it. */
    void read(final HeaderTable headers, final HttpConnectionManager http, final ForwardedFor forwarded)
    {
        final int skipped = http.xffTrustedHops() - (http.useRemoteAddress() ? 1 : 0);
        isTold = skipped >= 0 && headers.contains(HeaderName.X_FORWARDED_FOR) && forwarded.find(headers, skipped);
        if (isTold)
        {
            forwarded.encode(sockAddr);
        }
    }

    /** Whether somebody trusted has told it. */
    boolean isTold()
    {
        return isTold;
    }

    /** Holds it, without a port, where it was told. */
    UnsafeBuffer sockAddr()
    {
        return sockAddr;
    }
}
