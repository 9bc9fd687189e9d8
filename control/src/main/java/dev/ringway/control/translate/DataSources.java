package dev.ringway.control.translate;

import dev.ringway.control.config.FieldPath;
import io.envoyproxy.envoy.config.core.v3.DataSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Reads {@code config.core.v3.DataSource}: bytes given inline or in a file.
 */
final class DataSources
{
    private static final byte[] NOTHING = new byte[0];

    private final Checks checks;
    private final Consumer<Path> files;

    /**
     * @param checks where faults go.
     */
    DataSources(final Checks checks)
    {
        this(checks, checks::reads);
    }

    /**
     * @param checks where faults go.
     * @param files  told of each file before it is read.
     */
    DataSources(final Checks checks, final Consumer<Path> files)
    {
        this.checks = checks;
        this.files = files;
    }

    /**
     * @param source message.
     * @param path   where it stands.
     * @return its bytes; none when it is faulty, which is then noted.
     */
    byte[] bytes(final DataSource source, final FieldPath path)
    {
        return switch (source.getSpecifierCase())
        {
            case INLINE_STRING -> source.getInlineString().getBytes(StandardCharsets.UTF_8);
            case INLINE_BYTES -> source.getInlineBytes().toByteArray();
            case FILENAME -> file(source.getFilename(), path.field("filename"));
            default ->
            {
                checks.fault(path, "needs filename, inline_string or inline_bytes");
                yield NOTHING;
            }
        };
    }

    /**
     * @param source message.
     * @param path   where it stands.
     * @return its bytes as UTF-8 text.
     */
    String text(final DataSource source, final FieldPath path)
    {
        return new String(bytes(source, path), StandardCharsets.UTF_8);
    }

    private byte[] file(final String name, final FieldPath path)
    {
        try
        {
            final Path file = Path.of(name);
            files.accept(file);
            return Files.readAllBytes(file);
        }
        catch (final IOException | InvalidPathException ex)
        {
            final String reason = ex instanceof NoSuchFileException ? "no such file" : ex.getMessage();
            checks.fault(path, "cannot read '" + name + "': " + reason);
            return NOTHING;
        }
    }
}
