package dev.ringway.control.health;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Asks {@code grpc.health.v1.Health.Check}, which must say SERVING. Any other answer makes an endpoint unhealthy at
 * once. Envoy: {@code GrpcHealthCheck}.
 *
 * @param service   that is asked for, or the empty string.
 * @param authority for endpoints that have no name of their own.
 * @param fields    further fields of the request.
 * @param timeoutNs of a check, which the endpoint is told.
 */
public record GrpcProbe(String service, String authority, Map<String, String> fields, long timeoutNs)
    implements Probe
{
    private static final String PATH = "/grpc.health.v1.Health/Check";
    private static final String TYPE = "application/grpc";
    private static final int OK = 200;
    private static final int PREFIX = 5;
    private static final int SERVICE_FIELD = 1;
    private static final int STATUS_FIELD = 1;
    private static final long SERVING = 1;
    /** More digits do not fit grpc-timeout. */
    private static final long MOST_MS = 99_999_999;

    /**
     * {@inheritDoc}
     */
    public Verdict ask(final Link link, final String own) throws IOException
    {
        final Map<String, String> all = new LinkedHashMap<>();
        all.put("te", "trailers");
        all.put("content-type", TYPE);
        all.putAll(Probe.signed(fields));
        all.put("grpc-timeout", Math.min(MOST_MS, TimeUnit.NANOSECONDS.toMillis(timeoutNs)) + "m");
        final Http2Calls.Answer answer = link.http2().ask(
            new Http2Calls.Request("POST", PATH, own.isEmpty() ? authority : own, all, request()), true);
        final String type = answer.head().getOrDefault("content-type", "");
        final boolean isCall = answer.status() == OK && (type.equals(TYPE) || type.startsWith(TYPE + "+"));
        return isCall && "0".equals(answer.trailers().get("grpc-status")) && isServing(answer.content()) ?
            Verdict.HEALTHY : Verdict.REFUSED;
    }

    private byte[] request()
    {
        final byte[] message = service.isEmpty() ? new byte[0] : UnknownFieldSet.newBuilder()
            .addField(SERVICE_FIELD, UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(ByteString.copyFromUtf8(service)).build()).build().toByteArray();
        return ByteBuffer.allocate(PREFIX + message.length).put((byte)0).putInt(message.length).put(message).array();
    }

    /** There must be one message that is not empty and not compressed. */
    private static boolean isServing(final byte[] content)
    {
        final ByteBuffer rest = ByteBuffer.wrap(content);
        byte[] found = null;
        while (rest.remaining() >= PREFIX)
        {
            final int flags = rest.get();
            final int length = rest.getInt();
            if (length < 0 || length > rest.remaining() || flags < 0 || flags > 1 ||
                length > 0 && (found != null || flags != 0))
            {
                return false;
            }
            if (length > 0)
            {
                found = new byte[length];
                rest.get(found);
            }
        }
        return found != null && status(found) == SERVING;
    }

    private static long status(final byte[] message)
    {
        try
        {
            final List<Long> values =
                UnknownFieldSet.parseFrom(message).getField(STATUS_FIELD).getVarintList();
            return values.isEmpty() ? 0 : values.getLast();
        }
        catch (final InvalidProtocolBufferException e)
        {
            return 0;
        }
    }
}
