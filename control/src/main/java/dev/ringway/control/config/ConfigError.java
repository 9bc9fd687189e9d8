package dev.ringway.control.config;

/**
 * One fault of a configuration.
 *
 * @param source file name, or what stands for it ({@code --config-yaml}).
 * @param line   1-based line, or 0 when it is not known.
 * @param path   field path from the root of the bootstrap; empty when the fault is not one of a field.
 * @param reason what is wrong, and what to do where that is not plain.
 */
public record ConfigError(String source, int line, String path, String reason)
{
    /**
     * @return {@code file:line: path: reason}, leaving out what is not known.
     */
    public String toString()
    {
        return source + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + reason;
    }
}
