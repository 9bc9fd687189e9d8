package dev.ringway.control.translate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;

/**
 * What some files are like at one time: two that are equal mean that nothing was written, renamed or linked anew in
 * between. Control thread only.
 *
 * @param stamps by file.
 */
public record FileStamps(Map<Path, Stamp> stamps)
{
    private static final Stamp MISSING = new Stamp(FileTime.fromMillis(0), -1, "");

    /**
     * What tells a file from the one that was there before, behind all links.
     *
     * @param modified when it was last written.
     * @param size     bytes.
     * @param key      number of the file itself.
     */
    public record Stamp(FileTime modified, long size, Object key)
    {
    }

    /** Of no file yet. */
    public FileStamps()
    {
        this(new HashMap<>());
    }

    /**
     * @param file to be looked at now, unless it was before.
     */
    public void add(final Path file)
    {
        stamps.computeIfAbsent(file, FileStamps::stamp);
    }

    /**
     * @param name what may be a file.
     * @return whether it is one of these.
     */
    boolean has(final String name)
    {
        return stamps.containsKey(Path.of(name));
    }

    private static Stamp stamp(final Path file)
    {
        try
        {
            final BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), String.valueOf(attributes.fileKey()));
        }
        catch (final IOException e)
        {
            return MISSING;
        }
    }

    /**
     * @return what the same files are like now.
     */
    public FileStamps again()
    {
        final FileStamps now = new FileStamps();
        stamps.keySet().forEach(now::add);
        return now;
    }
}
