package dev.ringway.control.log;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/**
 * Says why a file cannot be opened for writing. Any thread.
 */
public final class FileFault
{
    private FileFault()
    {
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
