package dev.ringway.control.log;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Says why a file cannot be opened for writing, before or after the attempt. Any thread.
 */
public final class FileFault
{
    /** As many as the kernel follows. */
    private static final int MOST_LINKS = 40;

    private FileFault()
    {
    }

    /**
     * Looks at a file that is to be written, and leaves it as it is.
     *
     * @param path of the file, which need not be there.
     * @return the reason for which it cannot be opened, or null when there is none.
     */
    public static String ahead(final String path)
    {
        final Path file;
        try
        {
            file = made(Path.of(path).toAbsolutePath());
        }
        catch (final InvalidPathException e)
        {
            return e.getReason();
        }
        catch (final IOException e)
        {
            return reason(e);
        }
        if (Files.isDirectory(file))
        {
            return "Is a directory";
        }
        final Path directory = file.getParent();
        if (!Files.exists(directory))
        {
            return "its directory does not exist";
        }
        if (!Files.isDirectory(directory))
        {
            return "Not a directory";
        }
        return Files.isWritable(Files.exists(file) ? file : directory) ? null : "permission denied";
    }

    /** The file that is made when one is opened that is not there: where it is a link, what that leads to. */
    private static Path made(final Path opened) throws IOException
    {
        Path file = opened;
        for (int links = 0; !Files.exists(file) && Files.isSymbolicLink(file); links++)
        {
            if (links == MOST_LINKS)
            {
                throw new IOException("Too many levels of symbolic links");
            }
            file = file.resolveSibling(Files.readSymbolicLink(file));
        }
        return file;
    }

    /**
     * @param e what opening or writing ended with.
     * @return the reason alone, without the file's path.
     */
    public static String reason(final IOException e)
    {
        if (e instanceof NoSuchFileException)
        {
            return "its directory does not exist";
        }
        if (e instanceof AccessDeniedException)
        {
            return "permission denied";
        }
        if (e instanceof FileSystemException fault && fault.getReason() != null)
        {
            return fault.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
