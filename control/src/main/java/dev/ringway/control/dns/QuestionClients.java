package dev.ringway.control.dns;

import org.xbill.DNS.Message;
import org.xbill.DNS.io.DefaultIoClientFactory;
import org.xbill.DNS.io.IoClientFactory;
import org.xbill.DNS.io.TcpIoClient;
import org.xbill.DNS.io.UdpIoClient;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How questions leave: over UDP as the library sends them, over TCP each by a connection of its own. The library keeps one
 * for each server, also one that the network has dropped without a word.
 */
final class QuestionClients implements IoClientFactory, TcpIoClient
{
    private final IoClientFactory library = new DefaultIoClientFactory();
    private final ScheduledExecutorService clock;

    /**
     * @param clock runs what ends connections; is not held up.
     */
    QuestionClients(final ScheduledExecutorService clock)
    {
        this.clock = clock;
    }

    @Override
    public TcpIoClient createOrGetTcpClient()
    {
        return this;
    }

    @Override
    public UdpIoClient createOrGetUdpClient()
    {
        return library.createOrGetUdpClient();
    }

    /**
     * @param local    not used.
     * @param remote   the server.
     * @param question not used.
     * @param bytes    of the question.
     * @param timeout  within which there is an answer, counted from the begin of the connection.
     * @return bytes of the answer, once the connection is closed.
     */
    @Override
    public CompletableFuture<byte[]> sendAndReceiveTcp(final InetSocketAddress local, final InetSocketAddress remote,
        final Message question, final byte[] bytes, final Duration timeout)
    {
        final CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Thread.ofVirtual().start(() ->
        {
            try
            {
                answer.complete(ask(remote, bytes, timeout));
            }
            catch (final IOException | RuntimeException e)
            {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private byte[] ask(final InetSocketAddress server, final byte[] question, final Duration timeout)
        throws IOException
    {
        try (SocketChannel channel = SocketChannel.open())
        {
            final Future<?> end = clock.schedule(() -> cut(channel), timeout.toNanos(), TimeUnit.NANOSECONDS);
            try
            {
                channel.connect(server);
                final ByteBuffer out = ByteBuffer.allocate(Short.BYTES + question.length);
                Channels.newOutputStream(channel)
                    .write(out.putShort((short)question.length).put(question).array());
                return receive(channel, Short.toUnsignedInt(receive(channel, Short.BYTES).getShort())).array();
            }
            finally
            {
                end.cancel(false);
            }
        }
    }

    private static ByteBuffer receive(final SocketChannel channel, final int length) throws IOException
    {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining())
        {
            if (channel.read(bytes) < 0)
            {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }

    /** Ends all that waits for it. */
    private static void cut(final SocketChannel channel)
    {
        try
        {
            channel.close();
        }
        catch (final IOException e)
        {
            // The connection is gone all the same.
        }
    }
}
