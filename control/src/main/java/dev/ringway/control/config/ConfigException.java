package dev.ringway.control.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration is refused; nothing of it was applied.
 */
public final class ConfigException extends Exception
{
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigError> errors;

    /**
     * @param errors at least one.
     */
    public ConfigException(final List<ConfigError> errors)
    {
        super(errors.stream().map(ConfigError::toString).collect(Collectors.joining("\n")), null, false, false);
        this.errors = List.copyOf(errors);
    }

    /**
     * @param source file name.
     * @param reason what is wrong with the file as a whole.
     */
    public ConfigException(final String source, final String reason)
    {
        this(List.of(new ConfigError(source, 0, "", reason)));
    }

    /**
     * @return all faults found.
     */
    public List<ConfigError> errors()
    {
        return errors;
    }
}
