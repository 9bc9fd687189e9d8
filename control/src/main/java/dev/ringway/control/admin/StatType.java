package dev.ringway.control.admin;

/**
 * Kinds of stats, as the query parameter {@code type} names them.
 */
enum StatType
{
    ALL("All"),
    COUNTERS("Counters"),
    GAUGES("Gauges"),
    HISTOGRAMS("Histograms"),
    /** None are kept. */
    TEXT_READOUTS("TextReadouts");

    private final String label;

    StatType(final String label)
    {
        this.label = label;
    }

    /**
     * @param label as in a query.
     * @return the type, null when there is none of that name.
     */
    static StatType of(final String label)
    {
        for (final StatType type : values())
        {
            if (type.label.equals(label))
            {
                return type;
            }
        }
        return null;
    }

    boolean includes(final StatType kind)
    {
        return this == ALL || this == kind;
    }
}
