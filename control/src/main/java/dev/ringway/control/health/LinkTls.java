package dev.ringway.control.health;

import dev.ringway.engine.tls.TlsContext;
import dev.ringway.engine.tls.TlsCounting;
import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.engine.tls.TlsEngines;
import org.agrona.concurrent.UnsafeBuffer;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Encrypts links, one at a time: opened before a link connects, closed with it, and then good for the next one. One
 * thread at a time.
 */
final class LinkTls
{
    private static final int ROOM = 4096;

    private final TlsCounting counting;
    private final TlsEngines engines = new TlsEngines();
    /** Cipher text that came: from its position on what the engine has not taken. */
    private final ByteBuffer received = ByteBuffer.allocateDirect(ROOM).limit(0);
    private final ByteBuffer sent = ByteBuffer.allocateDirect(ROOM);
    private final ByteBuffer plain = ByteBuffer.allocateDirect(ROOM);
    private final long receivedAddress = new UnsafeBuffer(received, 0, ROOM).addressOffset();
    private final long sentAddress = new UnsafeBuffer(sent, 0, ROOM).addressOffset();
    private final long plainAddress = new UnsafeBuffer(plain, 0, ROOM).addressOffset();
    private TlsContext context;
    private TlsEngine engine;

    LinkTls(final TlsCounting counting)
    {
        this.counting = counting;
    }

    /**
     * Opens it for a link.
     *
     * @param with       context, which it holds until it is closed.
     * @param serverName that is asked for, or null.
     * @param peerName   that the certificate must be for, or null.
     * @throws IOException when there is no memory left.
     */
    void open(final TlsContext with, final String serverName, final String peerName) throws IOException
    {
        engine = engines.open(with, serverName, peerName, 0);
        if (engine == null)
        {
            throw new IOException("no memory for TLS");
        }
        context = with;
        received.clear().limit(0);
    }

    void handshake(final SocketChannel channel) throws IOException
    {
        while (!engine.isEstablished())
        {
            final int code = engine.handshake(
                receivedAddress + received.position(), received.remaining(), sentAddress, ROOM);
            take();
            if (code > 0)
            {
                write(channel, code);
            }
            else if (code == TlsEngine.NEEDS_TASK)
            {
                engine.task().run();
            }
            else if (code < 0)
            {
                go(channel, code);
            }
        }
        counting.onEstablished(context, engine);
    }

    void send(final SocketChannel channel, final ByteBuffer bytes) throws IOException
    {
        while (bytes.hasRemaining())
        {
            final int length = Math.min(bytes.remaining(), ROOM);
            plain.put(0, bytes, bytes.position(), length);
            final int code = engine.encrypt(plainAddress, length, sentAddress, ROOM);
            if (code < 0)
            {
                throw failed();
            }
            bytes.position(bytes.position() + engine.consumed());
            write(channel, code);
        }
    }

    /** Waits for bytes: there is one at least. */
    void receive(final SocketChannel channel, final ByteBuffer buffer) throws IOException
    {
        int code = 0;
        while (code <= 0)
        {
            code = engine.decrypt(receivedAddress + received.position(), received.remaining(), plainAddress,
                Math.min(buffer.remaining(), ROOM));
            take();
            if (code <= 0)
            {
                go(channel, code);
            }
        }
        buffer.put(buffer.position(), plain, 0, code).position(buffer.position() + code);
    }

    private void take()
    {
        received.position(received.position() + engine.consumed());
    }

    private void go(final SocketChannel channel, final int code) throws IOException
    {
        if (code == TlsEngine.CLOSED)
        {
            throw new EOFException();
        }
        if (code != TlsEngine.NEEDS_INPUT)
        {
            throw failed();
        }
        if (channel.read(received.clear()) < 0)
        {
            received.limit(0);
            throw new EOFException();
        }
        received.flip();
    }

    private IOException failed()
    {
        counting.onFailed(context, engine);
        return new IOException(TlsEngine.errorText(engine.errorId()));
    }

    private void write(final SocketChannel channel, final int length) throws IOException
    {
        sent.clear().limit(length);
        while (sent.hasRemaining())
        {
            channel.write(sent);
        }
    }

    /** Says the last word, if there is room for it at once, and frees what the engine holds. */
    void close(final SocketChannel channel)
    {
        if (engine == null)
        {
            return;
        }
        try
        {
            if (channel.isConnected())
            {
                sent.clear().limit(engine.shutdown(sentAddress, ROOM));
                channel.configureBlocking(false);
                channel.write(sent);
            }
        }
        catch (final IOException e)
        {
            // The endpoint does not listen any more.
        }
        finally
        {
            engines.close(engine);
            engine = null;
            context = null;
        }
    }
}
