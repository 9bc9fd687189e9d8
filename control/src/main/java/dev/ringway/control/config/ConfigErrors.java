package dev.ringway.control.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects faults and warnings, so that one run names all of them. Control thread only.
 */
public final class ConfigErrors
{
    /** After this many more are counted but not kept: nobody reads them, and hostile input may hold millions. */
    private static final int MOST_KEPT = 100;

    private final List<ConfigError> errors = new ArrayList<>();
    private final List<ConfigError> warnings = new ArrayList<>();
    private SourceMap sources = SourceMap.unknown("configuration");
    private int count;

    /**
     * @param sources tells file and line for the faults added from now on.
     */
    public void locateIn(final SourceMap sources)
    {
        this.sources = sources;
    }

    /**
     * @param path   of the field.
     * @param reason what is wrong with it.
     */
    public void add(final FieldPath path, final String reason)
    {
        if (count++ < MOST_KEPT)
        {
            errors.add(sources.error(path, reason));
        }
    }

    /**
     * @param path   of the field.
     * @param reason what was ignored.
     */
    public void warn(final FieldPath path, final String reason)
    {
        if (warnings.size() < MOST_KEPT)
        {
            warnings.add(sources.error(path, reason));
        }
    }

    /**
     * @return whether nothing is wrong.
     */
    public boolean isEmpty()
    {
        return count == 0;
    }

    /**
     * @return how many faults were added.
     */
    public int count()
    {
        return count;
    }

    /**
     * @return faults in the order found.
     */
    public List<ConfigError> errors()
    {
        return List.copyOf(errors);
    }

    /**
     * @return things that were ignored as the flags demand.
     */
    public List<ConfigError> warnings()
    {
        return List.copyOf(warnings);
    }

    /**
     * Ends a stage.
     *
     * @throws ConfigException when anything was added.
     */
    public void conclude() throws ConfigException
    {
        if (count > 0)
        {
            final List<ConfigError> all = new ArrayList<>(errors);
            if (count > errors.size())
            {
                all.add(new ConfigError(errors.get(0).source(), 0, "", (count - errors.size()) + " more errors"));
            }
            throw new ConfigException(all);
        }
    }
}
