package dev.ringway.engine.tls;

import org.agrona.concurrent.UnsafeBuffer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** The engine under test, fed in pieces and with bounded room. */
final class EnginePeer implements TlsPeer
{
    private static final int BUFFER_LENGTH = 64 * 1024;

    final TlsEngine engine;
    private final TlsEngines engines;
    // One pair for all peers of a test thread: thousands of them would be more memory than a test has.
    private static final ThreadLocal<UnsafeBuffer> SOURCE =
        ThreadLocal.withInitial(() -> new UnsafeBuffer(ByteBuffer.allocateDirect(BUFFER_LENGTH)));
    private static final ThreadLocal<UnsafeBuffer> TARGET =
        ThreadLocal.withInitial(() -> new UnsafeBuffer(ByteBuffer.allocateDirect(BUFFER_LENGTH)));

    private final UnsafeBuffer source = SOURCE.get();
    private final UnsafeBuffer target = TARGET.get();
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    private int piece = BUFFER_LENGTH;
    private int room = BUFFER_LENGTH;
    private int tasks;

    EnginePeer(final TlsEngines engines, final TlsContext context, final String serverName, final long session)
    {
        this.engines = engines;
        engine = engines.open(context, serverName, null, session);
    }

    EnginePeer(final TlsEngines engines, final TlsContext context)
    {
        this(engines, context, null, 0);
    }

    /** Most bytes of cipher text given at once. */
    EnginePeer piece(final int piece)
    {
        this.piece = piece;
        return this;
    }

    /** Room for what comes out. */
    EnginePeer room(final int room)
    {
        this.room = room;
        return this;
    }

    int tasks()
    {
        return tasks;
    }

    public byte[] exchange(final byte[] cipher)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        int offset = 0;
        do
        {
            final int length = Math.min(piece, cipher.length - offset);
            source.putBytes(0, cipher, offset, length);
            feed(length, out);
            offset += length;
        }
        while (offset < cipher.length && engine.end() == 0);
        if (engine.end() == TlsEngine.FAILED)
        {
            out.writeBytes(end());
        }
        return out.toByteArray();
    }

    private void feed(final int length, final ByteArrayOutputStream out)
    {
        int taken = 0;
        int code;
        do
        {
            final boolean isHandshake = !engine.isEstablished();
            final long from = source.addressOffset() + taken;
            code = isHandshake ? engine.handshake(from, length - taken, target.addressOffset(), room) :
                engine.decrypt(from, length - taken, target.addressOffset(), room);
            taken += engine.consumed();
            if (code > 0)
            {
                (isHandshake ? out : plain).writeBytes(taken(code));
            }
            if (code == TlsEngine.NEEDS_TASK)
            {
                tasks++;
                engine.task().run();
            }
        }
        while (code >= 0 || code == TlsEngine.NEEDS_TASK);
    }

    private byte[] taken(final int length)
    {
        final byte[] bytes = new byte[length];
        target.getBytes(0, bytes);
        return bytes;
    }

    public byte[] write(final byte[] bytes)
    {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        int offset = 0;
        while (offset < bytes.length)
        {
            final int length = Math.min(BUFFER_LENGTH, bytes.length - offset);
            source.putBytes(0, bytes, offset, length);
            final int code = engine.encrypt(source.addressOffset(), length, target.addressOffset(), room);
            if (code < 0)
            {
                throw new IllegalStateException("encrypt: " + code);
            }
            out.writeBytes(taken(code));
            offset += engine.consumed();
        }
        return out.toByteArray();
    }

    public byte[] end()
    {
        return taken(engine.shutdown(target.addressOffset(), BUFFER_LENGTH));
    }

    public byte[] received()
    {
        final byte[] bytes = plain.toByteArray();
        plain.reset();
        return bytes;
    }

    public boolean isEstablished()
    {
        return engine.isEstablished();
    }

    public boolean isEnded()
    {
        return engine.end() == TlsEngine.CLOSED;
    }

    public boolean isFailed()
    {
        return engine.end() == TlsEngine.FAILED;
    }

    public void close()
    {
        engines.close(engine);
    }
}
