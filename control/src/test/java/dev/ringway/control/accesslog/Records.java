package dev.ringway.control.accesslog;

import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.engine.accesslog.AccessAddress;
import dev.ringway.engine.accesslog.AccessProtocol;
import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessText;
import dev.ringway.engine.accesslog.LogStrings;
import org.agrona.concurrent.UnsafeBuffer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Makes records for tests.
 */
final class Records
{
    private Records()
    {
    }

    static AccessRecord empty()
    {
        return new AccessRecord().wrap(new UnsafeBuffer(new byte[1024]), 0, 1024).begin();
    }

    /** GET /index.html, answered with 200 by 127.0.0.1:28491. */
    static AccessRecord get()
    {
        final AccessRecord record = empty()
            .protocol(AccessProtocol.HTTP_1_1).methodId(HttpMethod.GET).status(200).sinks().add(0, 0)
            .startTimeUs(1_795_557_999_982_603L).durationUs(4_695).bytesReceived(0).bytesSent(3).connectionId(7)
            .detailId(LogStrings.register("via_upstream")).clusterNameId(LogStrings.register("back"))
            .routeNameId(LogStrings.register("myroute")).upstreamServiceTimeMs(4).requestHeaderBytes(196)
            .responseHeaderBytes(162).requestDurationUs(90).responseDurationUs(4_400).attempts(1);
        text(record, AccessText.PATH, "/index.html");
        text(record, AccessText.AUTHORITY, "localhost:28480");
        text(record, AccessText.USER_AGENT, "curl/7.88.1");
        text(record, AccessText.X_REQUEST_ID, "1ca3abc3-d347-4947-a617-8dbf0c1d9a08");
        inet4(record, AccessAddress.DOWNSTREAM_REMOTE, 127, 0, 0, 1, 53892);
        inet4(record, AccessAddress.DOWNSTREAM_LOCAL, 127, 0, 0, 1, 28480);
        inet4(record, AccessAddress.UPSTREAM_REMOTE, 127, 0, 0, 1, 28491);
        return record;
    }

    static void text(final AccessRecord record, final int field, final String text)
    {
        AccessText.put(record, field, text.getBytes(UTF_8));
    }

    /** A sockaddr_in as the kernel writes it. */
    static void inet4(
        final AccessRecord record, final int field, final int a, final int b, final int c, final int d, final int port)
    {
        final UnsafeBuffer address = new UnsafeBuffer(new byte[32]);
        address.putShort(0, (short)2);
        address.putShort(2, (short)port, java.nio.ByteOrder.BIG_ENDIAN);
        address.putByte(4, (byte)a);
        address.putByte(5, (byte)b);
        address.putByte(6, (byte)c);
        address.putByte(7, (byte)d);
        record.address(field, address, 0);
    }
}
