package dev.ringway.engine.tls;

import io.netty.internal.tcnative.Library;
import io.netty.internal.tcnative.SSL;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads BoringSSL, once, when the first context is built: a configuration without TLS pays neither its time nor its
 * memory. Any thread but a loop's.
 */
final class TlsLibrary
{
    private static boolean isLoaded;

    private TlsLibrary()
    {
    }

    /**
     * Loads and initializes the library unless it is there already.
     *
     * @throws TlsException when there is none for this machine, or it cannot be unpacked or linked.
     */
    static synchronized void load() throws TlsException
    {
        if (isLoaded)
        {
            return;
        }
        final String name = "libnetty_tcnative_linux_" + architecture() + ".so";
        try
        {
            loadCopy(name);
            Library.initialize("provided", null);
            // The constants of SSL are read from the library, here instead of on a loop.
            isLoaded = SSL.version() != 0;
        }
        catch (final Exception | UnsatisfiedLinkError e)
        {
            throw new TlsException("the TLS library " + name + " cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static String architecture()
    {
        final String architecture = System.getProperty("os.arch");
        return switch (architecture)
        {
            case "amd64" -> "x86_64";
            case "aarch64" -> "aarch_64";
            default -> architecture;
        };
    }

    /** A library can only be loaded from a file, and this one wants its own name there. It stays mapped without it. */
    private static void loadCopy(final String name) throws IOException
    {
        final Path folder = Files.createTempDirectory("ringway-tls");
        final Path copy = folder.resolve(name);
        try (InputStream in = SSL.class.getResourceAsStream("/META-INF/native/" + name))
        {
            if (in == null)
            {
                throw new IOException("it is not on the class path");
            }
            Files.copy(in, copy);
            System.load(copy.toString());
        }
        finally
        {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(folder);
        }
    }
}
