package dev.ringway.control.health;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;

/**
 * Sends some bytes and waits for others, which must come in their order, with anything between them. Without any, a
 * connection is enough. Envoy: {@code TcpHealthCheck}.
 *
 * @param send     in hexadecimal digits, may be empty.
 * @param expected in hexadecimal digits.
 */
public record TcpProbe(String send, List<String> expected) implements Probe
{
    private static final int MOST = 64 << 10;

    /**
     * {@inheritDoc}
     */
    public Verdict ask(final Link link, final String host) throws IOException
    {
        final HexFormat hex = HexFormat.of();
        link.send(hex.parseHex(send));
        final ByteBuffer received = ByteBuffer.allocate(MOST);
        final List<byte[]> wanted = expected.stream().map(hex::parseHex).toList();
        while (!contains(received, wanted))
        {
            if (!received.hasRemaining())
            {
                return Verdict.BROKEN;
            }
            link.receive(received);
        }
        // As Envoy does: a connection that was asked nothing tells only that it could be opened.
        link.isReusable(!wanted.isEmpty());
        return Verdict.HEALTHY;
    }

    /** Whether all are there, one behind the other. */
    static boolean contains(final ByteBuffer received, final List<byte[]> wanted)
    {
        int at = 0;
        for (final byte[] piece : wanted)
        {
            while (at + piece.length <= received.position() && !isAt(received, at, piece))
            {
                at++;
            }
            if (at + piece.length > received.position())
            {
                return false;
            }
            at += piece.length;
        }
        return true;
    }

    private static boolean isAt(final ByteBuffer received, final int start, final byte[] piece)
    {
        for (int i = 0; i < piece.length; i++)
        {
            if (received.get(start + i) != piece[i])
            {
                return false;
            }
        }
        return true;
    }
}
