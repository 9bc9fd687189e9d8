package dev.ringway.control.health;

import dev.ringway.codecs.hpack.HpackDecoder;
import dev.ringway.codecs.hpack.HpackEncoder;
import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.http2.ErrorCode;
import dev.ringway.codecs.http2.FrameFlag;
import dev.ringway.codecs.http2.FrameHeader;
import dev.ringway.codecs.http2.FramePayload;
import dev.ringway.codecs.http2.FrameType;
import dev.ringway.codecs.http2.FrameWriter;
import dev.ringway.codecs.http2.Http2Settings;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * One connection of HTTP/2 to an endpoint that is checked: one request at a time, whose answer is waited for. One
 * thread at a time. What the endpoint says is bounded, by the time-out of the check in the end.
 */
final class Http2Calls
{
    private static final int MAX_FRAME = Http2Settings.MIN_FRAME_SIZE;
    private static final int MAX_BLOCK = 64 << 10;
    private static final int MAX_CONTENT = 64 << 10;
    private static final int LAST_STREAM = 1 << 30;
    private static final int FINAL = 200;
    private static final String STATUS = ":status";

    private final Link link;
    private final HpackEncoder encoder = new HpackEncoder();
    private final HpackDecoder decoder = new HpackDecoder(Http2Settings.INITIAL_HEADER_TABLE_SIZE);
    private final ByteBuffer frame = ByteBuffer.allocate(FrameHeader.LENGTH + MAX_FRAME);
    private final UnsafeBuffer bytes = new UnsafeBuffer(frame.array());
    private final FramePayload payload = new FramePayload();
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private int blockStream;
    private boolean isBlockLast;
    private int streamId = -1;
    private boolean isLeaving;
    private Answer answer;

    /** What is asked. */
    record Request(String method, String path, String authority, Map<String, String> fields, byte[] content)
    {
    }

    /** What has come of an answer. */
    static final class Answer
    {
        private final Map<String, String> head = new HashMap<>();
        private final Map<String, String> trailers = new HashMap<>();
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private int status;
        private boolean isEnded;

        int status()
        {
            return status;
        }

        Map<String, String> head()
        {
            return head;
        }

        /** Empty when the answer ended without. */
        Map<String, String> trailers()
        {
            return trailers;
        }

        byte[] content()
        {
            return content.toByteArray();
        }
    }

    Http2Calls(final Link link)
    {
        this.link = link;
    }

    /**
     * Asks and waits.
     *
     * @param request what is asked.
     * @param isWhole whether all of the answer is wanted, or its head alone.
     * @return the answer; {@link Link#isReusable} says whether more can be asked.
     * @throws IOException when the connection breaks, the endpoint resets the stream or does not keep to the protocol.
     */
    Answer ask(final Request request, final boolean isWhole) throws IOException
    {
        answer = new Answer();
        send(request);
        while (!answer.isEnded && (isWhole || answer.status < FINAL))
        {
            receiveFrame();
        }
        if (!answer.isEnded)
        {
            final UnsafeBuffer reset = new UnsafeBuffer(new byte[FrameWriter.RESET_LENGTH]);
            FrameWriter.putReset(reset, 0, streamId, ErrorCode.CANCEL);
            link.send(reset.byteArray());
        }
        link.isReusable(!isLeaving && streamId < LAST_STREAM);
        return answer;
    }

    private void send(final Request request) throws IOException
    {
        final UnsafeBuffer out = new UnsafeBuffer(new byte[MAX_FRAME + MAX_FRAME]);
        int at = 0;
        if (streamId < 0)
        {
            final Http2Settings settings = new Http2Settings(false);
            settings.enablePush(false);
            at = FrameWriter.putSettings(out, FrameWriter.putPreface(out, 0), settings);
        }
        streamId += 2;
        final int start = at + FrameHeader.LENGTH;
        final int end = putFields(request, out, start);
        if (end - start > MAX_FRAME)
        {
            throw new IOException("the request is too long");
        }
        final boolean isEnd = request.content.length == 0;
        FrameHeader.put(out, at, end - start, FrameType.HEADERS,
            FrameFlag.END_HEADERS | (isEnd ? FrameFlag.END_STREAM : 0), streamId);
        at = end;
        if (!isEnd)
        {
            at = FrameHeader.put(out, at, request.content.length, FrameType.DATA, FrameFlag.END_STREAM, streamId);
            out.putBytes(at, request.content);
            at += request.content.length;
        }
        final byte[] sent = new byte[at];
        out.getBytes(0, sent);
        link.send(sent);
    }

    private int putFields(final Request request, final UnsafeBuffer out, final int start)
    {
        final UnsafeBuffer method = wrap(request.method);
        final UnsafeBuffer path = wrap(request.path);
        final UnsafeBuffer authority = wrap(request.authority);
        int at = encoder.putBlockStart(out, start);
        at = encoder.putMethod(out, at, method, 0, method.capacity(), HttpMethod.OTHER);
        at = encoder.putScheme(out, at, link.isSecure());
        at = encoder.putAuthority(out, at, authority, 0, authority.capacity());
        at = encoder.putPath(out, at, path, 0, path.capacity());
        for (final Map.Entry<String, String> field : request.fields.entrySet())
        {
            final UnsafeBuffer name = wrap(field.getKey());
            final UnsafeBuffer value = wrap(field.getValue());
            at = encoder.putField(
                out, at, HeaderName.OTHER, name, 0, name.capacity(), value, 0, value.capacity());
        }
        return at;
    }

    private static UnsafeBuffer wrap(final String text)
    {
        return new UnsafeBuffer(text.getBytes(ISO_8859_1));
    }

    private void receiveFrame() throws IOException
    {
        receive(0, FrameHeader.LENGTH);
        final int length = FrameHeader.length(bytes, 0);
        if (length > MAX_FRAME)
        {
            throw new IOException("a frame is too long");
        }
        receive(FrameHeader.LENGTH, length);
        final int type = FrameHeader.type(bytes, 0);
        final int stream = FrameHeader.streamId(bytes, 0);
        if ((block.size() > 0 || blockStream != 0) && (type != FrameType.CONTINUATION || stream != blockStream))
        {
            throw new IOException("a block of fields is not whole");
        }
        onFrame(type, FrameHeader.flags(bytes, 0), stream, length);
    }

    private void receive(final int at, final int length) throws IOException
    {
        frame.position(at).limit(at + length);
        while (frame.hasRemaining())
        {
            link.receive(frame);
        }
        frame.clear();
    }

    private void onFrame(final int type, final int flags, final int stream, final int length) throws IOException
    {
        if ((type == FrameType.DATA || type == FrameType.HEADERS) &&
            payload.parse(bytes, FrameHeader.LENGTH, length, type, flags) != 0)
        {
            throw new IOException("a frame is malformed");
        }
        final boolean isLast = FrameFlag.isSet(flags, FrameFlag.END_STREAM);
        switch (type)
        {
            case FrameType.HEADERS ->
            {
                blockStream = stream;
                isBlockLast = isLast;
                onBlock(payload.offset(), payload.length(), flags);
            }
            case FrameType.CONTINUATION ->
            {
                if (blockStream == 0)
                {
                    throw new IOException("a block of fields has no beginning");
                }
                onBlock(FrameHeader.LENGTH, length, flags);
            }
            case FrameType.DATA -> onData(stream, length, isLast);
            case FrameType.SETTINGS -> onSettings(flags);
            case FrameType.PING -> onPing(flags, length);
            case FrameType.GOAWAY -> onGoAway(length);
            case FrameType.RST_STREAM ->
            {
                if (stream == streamId)
                {
                    throw new IOException("the stream was reset");
                }
            }
            case FrameType.PUSH_PROMISE -> throw new IOException("nothing may be pushed");
            default ->
            {
                // PRIORITY, WINDOW_UPDATE and what is not known say nothing to a request that is whole.
            }
        }
    }

    private void onBlock(final int at, final int length, final int flags) throws IOException
    {
        block.write(bytes.byteArray(), at, length);
        if (block.size() > MAX_BLOCK)
        {
            throw new IOException("a head is too long");
        }
        if (!FrameFlag.isSet(flags, FrameFlag.END_HEADERS))
        {
            return;
        }
        final UnsafeBuffer source = new UnsafeBuffer(block.toByteArray());
        final UnsafeBuffer text = new UnsafeBuffer(new byte[MAX_BLOCK]);
        final Map<String, String> fields = new HashMap<>();
        final int result = decoder.decode(source, 0, source.capacity(), text, 0, MAX_BLOCK,
            (nameOffset, nameLength, valueOffset, valueLength, nameId, marks) ->
            {
                fields.put(text.getStringWithoutLengthAscii(nameOffset, nameLength),
                    text.getStringWithoutLengthAscii(valueOffset, valueLength));
                return true;
            });
        block.reset();
        final int stream = blockStream;
        blockStream = 0;
        if (result < 0)
        {
            throw new IOException("a head cannot be read");
        }
        // What comes late of a request that was given up goes to the table alone.
        if (stream == streamId)
        {
            onFields(fields);
        }
    }

    private void onFields(final Map<String, String> fields) throws IOException
    {
        if (answer.status >= FINAL)
        {
            answer.trailers.putAll(fields);
        }
        else
        {
            final String status = fields.getOrDefault(STATUS, "");
            if (!status.matches("[1-9]\\d\\d"))
            {
                throw new IOException("a head has no status");
            }
            answer.status = Integer.parseInt(status);
            answer.head.clear();
            answer.head.putAll(fields);
        }
        answer.isEnded = isBlockLast;
        if (answer.isEnded && answer.status < FINAL)
        {
            throw new IOException("there is no answer");
        }
    }

    private void onData(final int stream, final int length, final boolean isLast) throws IOException
    {
        if (length > 0)
        {
            final UnsafeBuffer update = new UnsafeBuffer(new byte[FrameWriter.WINDOW_UPDATE_LENGTH]);
            FrameWriter.putWindowUpdate(update, 0, 0, length);
            link.send(update.byteArray());
        }
        if (stream != streamId)
        {
            return;
        }
        answer.content.write(bytes.byteArray(), payload.offset(), payload.length());
        if (answer.status < FINAL || answer.content.size() > MAX_CONTENT)
        {
            throw new IOException("content that is not wanted");
        }
        answer.isEnded = isLast;
    }

    private void onSettings(final int flags) throws IOException
    {
        if (!FrameFlag.isSet(flags, FrameFlag.ACK))
        {
            final UnsafeBuffer ack = new UnsafeBuffer(new byte[FrameHeader.LENGTH]);
            FrameWriter.putSettingsAck(ack, 0);
            link.send(ack.byteArray());
        }
    }

    private void onPing(final int flags, final int length) throws IOException
    {
        if (length != Long.BYTES)
        {
            throw new IOException("a ping is malformed");
        }
        if (!FrameFlag.isSet(flags, FrameFlag.ACK))
        {
            final UnsafeBuffer pong = new UnsafeBuffer(new byte[FrameWriter.PING_LENGTH]);
            FrameWriter.putPing(pong, 0, bytes.getLong(FrameHeader.LENGTH, ByteOrder.BIG_ENDIAN), true);
            link.send(pong.byteArray());
        }
    }

    /** An endpoint that leaves in peace answers what it has begun. */
    private void onGoAway(final int length) throws IOException
    {
        if (length < 2 * Integer.BYTES ||
            (bytes.getInt(FrameHeader.LENGTH, ByteOrder.BIG_ENDIAN) & Integer.MAX_VALUE) < streamId ||
            bytes.getInt(FrameHeader.LENGTH + Integer.BYTES, ByteOrder.BIG_ENDIAN) != ErrorCode.NO_ERROR)
        {
            throw new IOException("the endpoint goes away");
        }
        isLeaving = true;
    }
}
