package dev.ringway.engine.runtime;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection whose other end is far away: what is written leaves later, and what comes can be read later, in order and
 * no less of it. Each direction has a thread that ends with the connection.
 */
final class DelayedPath
{
    final InputStream in;
    final OutputStream out;

    private record Piece(byte[] bytes, long dueNs)
    {
        void await()
        {
            for (long leftNs = dueNs - System.nanoTime(); leftNs > 0; leftNs = dueNs - System.nanoTime())
            {
                LockSupport.parkNanos(leftNs);
            }
        }
    }

    /**
     * @param near    what comes.
     * @param far     where to send.
     * @param delayNs of each direction.
     */
    DelayedPath(final InputStream near, final OutputStream far, final long delayNs)
    {
        final LinkedBlockingQueue<Piece> leaving = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<Piece> coming = new LinkedBlockingQueue<>();
        out = new OutputStream()
        {
            @Override
            public void write(final int one)
            {
                write(new byte[]{(byte)one}, 0, 1);
            }

            @Override
            public void write(final byte[] bytes, final int offset, final int length)
            {
                leaving.add(new Piece(Arrays.copyOfRange(bytes, offset, offset + length), System.nanoTime() + delayNs));
            }
        };
        in = new Arrived(coming);
        Thread.ofPlatform().daemon().start(() -> send(leaving, far));
        Thread.ofPlatform().daemon().start(() -> receive(near, coming, delayNs));
    }

    private static void send(final LinkedBlockingQueue<Piece> leaving, final OutputStream far)
    {
        try
        {
            while (true)
            {
                final Piece piece = leaving.take();
                piece.await();
                far.write(piece.bytes);
            }
        }
        catch (final IOException | InterruptedException e)
        {
            // Who reads sees the end.
        }
    }

    private static void receive(final InputStream near, final LinkedBlockingQueue<Piece> coming, final long delayNs)
    {
        final byte[] buffer = new byte[1 << 16];
        int length = 0;
        while (length >= 0)
        {
            try
            {
                length = near.read(buffer);
            }
            catch (final IOException e)
            {
                length = -1;
            }
            coming.add(new Piece(length < 0 ? null : Arrays.copyOf(buffer, length), System.nanoTime() + delayNs));
        }
    }

    private static final class Arrived extends InputStream
    {
        private final LinkedBlockingQueue<Piece> coming;
        private byte[] bytes = {};
        private int at;

        private Arrived(final LinkedBlockingQueue<Piece> coming)
        {
            this.coming = coming;
        }

        @Override
        public int read() throws IOException
        {
            final byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(final byte[] to, final int offset, final int length) throws IOException
        {
            while (bytes != null && at == bytes.length)
            {
                try
                {
                    final Piece piece = coming.take();
                    piece.await();
                    bytes = piece.bytes;
                    at = 0;
                }
                catch (final InterruptedException e)
                {
                    throw new EOFException("interrupted");
                }
            }
            if (bytes == null)
            {
                return -1;
            }
            final int count = Math.min(length, bytes.length - at);
            System.arraycopy(bytes, at, to, offset, count);
            at += count;
            return count;
        }
    }
}
