package dev.ringway.control.translate;

/**
 * Names in stats. Pure functions.
 */
final class StatName
{
    private StatName()
    {
    }

    /**
     * @param name from the configuration.
     * @return it as Envoy writes it in stats: a colon would end a Prometheus or statsd name, so {@code ://},
     *     {@code :/} and {@code :} become {@code _}.
     */
    static String of(final String name)
    {
        return name.replace("://", "_").replace(":/", "_").replace(':', '_').replace('\0', '_');
    }
}
