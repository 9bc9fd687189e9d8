package dev.ringway.control.reload;

import dev.ringway.control.config.BootstrapLoader;
import dev.ringway.control.config.ConfigException;
import dev.ringway.control.config.LoadedBootstrap;
import dev.ringway.control.translate.FileStamps;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Where the configuration comes from, and whether it is another there than the one that was read. Control thread only.
 */
public final class ConfigSource
{
    private final BootstrapLoader loader;
    private final String file;
    private final String inline;
    private final String[] node;
    /** As it was before it was read. */
    private FileStamps used = new FileStamps();
    private FileStamps last = used;
    private boolean isWatched;

    /**
     * @param file                {@code -c}, or null.
     * @param inline              {@code --config-yaml}, or null.
     * @param allowsUnknownFields {@code --allow-unknown-static-fields}.
     * @param node                what the command line says of the node: id, cluster, zone.
     */
    public ConfigSource(
        final String file, final String inline, final boolean allowsUnknownFields, final String... node)
    {
        this.file = file;
        this.inline = inline;
        this.node = node.clone();
        loader = new BootstrapLoader(allowsUnknownFields);
    }

    /**
     * @return the configuration as it is there now.
     * @throws ConfigException when it cannot be read.
     */
    LoadedBootstrap read() throws ConfigException
    {
        used = new FileStamps();
        isWatched = file != null && !isReadOnce(Path.of(file));
        if (isWatched)
        {
            used.add(Path.of(file));
        }
        last = used;
        return loader.load(file, inline).withNode(node[0], node[1], node[2]);
    }

    /** As a pipe is. One that is missing may be put back. */
    private static boolean isReadOnce(final Path file)
    {
        try
        {
            return !Files.readAttributes(file, BasicFileAttributes.class).isRegularFile();
        }
        catch (final IOException e)
        {
            return false;
        }
    }

    /**
     * @return whether there is a file that can change.
     */
    boolean isWatched()
    {
        return isWatched;
    }

    /**
     * @return whether the file is another than the one that was read, and has been since the last look: one that was
     *         just written may be half written.
     */
    boolean isChanged()
    {
        final FileStamps now = used.again();
        final boolean isSettled = now.equals(last);
        last = now;
        return isSettled && !now.equals(used);
    }

    /**
     * @return whether what is there is known to be what was read.
     */
    boolean isSame()
    {
        return file == null || isWatched && used.again().equals(used);
    }

    /**
     * @return what messages call it.
     */
    String name()
    {
        return file == null ? BootstrapLoader.INLINE : file;
    }
}
