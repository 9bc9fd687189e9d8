package dev.ringway.jmh.tls;

import dev.ringway.engine.tls.TlsEngine;
import dev.ringway.engine.tls.TlsSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a server's side of an established connection keeps while it is idle: growth of the resident set over 5,000 of
 * them. The clients' sides are closed.
 */
public final class TlsIdleMemory
{
    private static final int CONNECTIONS = 5000;
    private static final int WARM_UP = 3000;
    private static final int PAGE = 4096;

    private TlsIdleMemory()
    {
    }

    /**
     * @param args key as {@code EC-256} or {@code RSA-2048}, and 2 or 3 for the version. One case a process: memory
     *             that an earlier one gave back would serve the next.
     * @throws Exception when a context cannot be built.
     */
    public static void main(final String[] args) throws Exception
    {
        final int version = args[1].equals("2") ? TlsSettings.TLS_1_2 : TlsSettings.TLS_1_3;
        final long bytes = bytes(args[0], version);
        System.out.printf("%s, TLS 1.%s: %d bytes a connection, %.0f us a handshake of the server%n",
            args[0], args[1], bytes, serverMicros(args[0], version));
    }

    private static long resident() throws IOException
    {
        return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * PAGE;
    }

    private static long bytes(final String key, final int version) throws Exception
    {
        final TlsSides sides = new TlsSides(key, version, TlsSettings.DEFAULT_CIPHERS);
        for (int i = 0; i < WARM_UP; i++)
        {
            sides.connect(0);
            sides.closeClient();
            sides.closeServer(sides.server());
        }
        System.gc();
        final long before = resident();
        final List<TlsEngine> open = new ArrayList<>(CONNECTIONS);
        for (int i = 0; i < CONNECTIONS; i++)
        {
            sides.connect(0);
            sides.closeClient();
            open.add(sides.server());
        }
        System.gc();
        final long after = resident();
        open.forEach(sides::closeServer);
        sides.free();
        return (after - before) / CONNECTIONS;
    }

    private static double serverMicros(final String key, final int version) throws Exception
    {
        final TlsSides sides = new TlsSides(key, version, TlsSettings.DEFAULT_CIPHERS);
        for (int i = 0; i < WARM_UP; i++)
        {
            sides.connect(0);
            sides.closeClient();
            sides.closeServer(sides.server());
        }
        final double nanos = sides.serverNs();
        sides.free();
        return nanos / WARM_UP / 1000;
    }
}
