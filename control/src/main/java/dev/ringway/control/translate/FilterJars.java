package dev.ringway.control.translate;

import dev.ringway.engine.filter.HttpFilterProvider;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.StringJoiner;

/**
 * Jars with filters of others. Each version of a jar is loaded once, by a loader of its own, and stays. Control thread
 * only.
 */
final class FilterJars
{
    private static final Map<String, URLClassLoader> LOADERS = new HashMap<>();

    private FilterJars()
    {
    }

    /** There is no such filter; the message says what is missing. */
    static final class MissingException extends Exception
    {
        private static final long serialVersionUID = 1;

        MissingException(final String message)
        {
            super(message);
        }
    }

    /**
     * @param jar  path of a file.
     * @param type what the filter calls itself.
     * @return its provider.
     * @throws MissingException when jar or filter are missing.
     */
    static HttpFilterProvider provider(final String jar, final String type) throws MissingException
    {
        if (jar.isEmpty())
        {
            throw new MissingException("is required: the path of the jar that has the filter " + type);
        }
        final StringJoiner others = new StringJoiner(", ");
        for (final HttpFilterProvider provider : ServiceLoader.load(HttpFilterProvider.class, loader(jar)))
        {
            if (provider.type().equals(type))
            {
                return provider;
            }
            others.add(provider.type());
        }
        throw new MissingException("'" + jar + "' has no filter " + type + ", but " +
            (others.length() == 0 ? "none at all: META-INF/services/" + HttpFilterProvider.class.getName() +
                " must name its class" : others));
    }

    private static URLClassLoader loader(final String jar) throws MissingException
    {
        final Path file = Path.of(jar);
        if (!Files.isRegularFile(file) || !Files.isReadable(file))
        {
            throw new MissingException("'" + jar + "' is no file that can be read");
        }
        try
        {
            final URL url = file.toUri().toURL();
            final String key = file.toAbsolutePath() + " " + Files.getLastModifiedTime(file).toMillis() + " " +
                Files.size(file);
            return LOADERS.computeIfAbsent(
                key, fresh -> new URLClassLoader(new URL[]{url}, FilterJars.class.getClassLoader()));
        }
        catch (final IOException ex)
        {
            throw new MissingException("'" + jar + "' cannot be read: " + ex.getMessage());
        }
    }
}
