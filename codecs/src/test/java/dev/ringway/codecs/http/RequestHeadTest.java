package dev.ringway.codecs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RequestHeadTest
{
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[10]);
    private final RequestHead head = new RequestHead(1);

    @Test
    void shouldMoveAllOffsets()
    {
        head.reset(buffer);
        head.method(HttpMethod.CONNECT, 10, 1);
        head.target(20, 2);
        head.path(30, 3, 31);
        head.authority(40, 4);
        head.scheme(50, 5);
        head.protocol(60, 6);
        head.rebase(buffer, 100);

        assertEquals("110 120 130 131 140 150 160", head.methodOffset() + " " + head.targetOffset() + " " +
            head.pathOffset() + " " + head.queryOffset() + " " + head.authorityOffset() + " " + head.schemeOffset() +
            " " + head.protocolOffset());
        assertEquals("1 2 3 4 5 6", head.methodLength() + " " + head.targetLength() + " " + head.pathLength() + " " +
            head.authorityLength() + " " + head.schemeLength() + " " + head.protocolLength());
    }

    @Test
    void shouldForgetOnReset()
    {
        head.reset(buffer);
        head.http2(true);
        head.protocol(1, 2);
        assertTrue(head.http2());
        head.reset(buffer);
        assertFalse(head.http2());
        assertEquals(0, head.protocolLength());
    }
}
