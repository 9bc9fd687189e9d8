package dev.ringway.control.log;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

final class FileFaultTest
{
    @TempDir
    private Path directory;

    @Test
    void shouldFindNoFaultWithWhatCanBeMade() throws Exception
    {
        assertNull(FileFault.ahead(directory.resolve("file").toString()));
        assertFalse(Files.exists(directory.resolve("file")));
        assertNull(FileFault.ahead("/dev/null"));
        assertNull(FileFault.ahead(link("link", "file").toString()));
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception
    {
        final Path file = Files.createFile(directory.resolve("file"));
        assertEquals("Is a directory", FileFault.ahead(directory.toString()));
        assertEquals("Not a directory", FileFault.ahead(file.resolve("a").toString()));
        assertEquals("its directory does not exist", FileFault.ahead(directory.resolve("none/a").toString()));
        assertEquals("Nul character not allowed", FileFault.ahead("a\0b"));
    }

    /** What is opened is made where the link leads to. */
    @Test
    void shouldFollowLinksToWhatIsNotThere() throws Exception
    {
        assertEquals("its directory does not exist", FileFault.ahead(link("link", "none/a").toString()));
        assertEquals("its directory does not exist", FileFault.ahead(link("far", "link").toString()));
        assertEquals("Too many levels of symbolic links", FileFault.ahead(link("loop", "loop").toString()));
    }

    private Path link(final String name, final String target) throws Exception
    {
        return Files.createSymbolicLink(directory.resolve(name), Path.of(target));
    }
}
