package dev.ringway.control.reload;

import dev.ringway.control.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

final class ConfigSourceTest
{
    @TempDir
    private Path directory;

    private static ConfigSource source(final Path file)
    {
        return new ConfigSource(file.toString(), null, false, "", "", "");
    }

    @Test
    void shouldWatchAFileThatWasMissingWhenItWasRead() throws Exception
    {
        final Path file = Files.writeString(directory.resolve("a.yaml"), "static_resources: {}\n");
        final ConfigSource source = source(file);
        source.read();
        assertTrue(source.isSame());
        Files.delete(file);
        assertFalse(source.isSame());
        assertThrows(ConfigException.class, source::read);
        assertTrue(source.isWatched());
        assertFalse(source.isChanged());
        Files.writeString(file, "static_resources: {}\n");
        // Seen twice, it is not just being written.
        assertFalse(source.isChanged());
        assertTrue(source.isChanged());
        source.read();
        assertFalse(source.isChanged());
    }

    @Test
    void shouldNotWatchWhatCanBeReadOnceOnly()
    {
        final ConfigSource source = source(directory);
        assertThrows(ConfigException.class, source::read);
        assertFalse(source.isWatched());
        assertFalse(source.isSame());
    }
}
