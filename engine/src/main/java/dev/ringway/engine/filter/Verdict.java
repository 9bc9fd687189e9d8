package dev.ringway.engine.filter;

/**
 * What a filter says of what it was shown.
 */
public final class Verdict
{
    /** It goes on to the next filter. What this filter holds of the same direction goes on before it. */
    public static final int CONTINUE = 0;

    /**
     * It stays where it is, and this filter is shown nothing more of this direction until it says {@link #CONTINUE} in
     * {@link HttpFilter#onTimer} or {@link HttpFilter#onSignal}. Who sends is not read meanwhile.
     */
    public static final int HOLD = 1;

    /**
     * It stays where it is, but this filter is shown what follows, which is kept up to the limit of
     * {@link FilterExchange#limit}. All of it goes on when the filter says {@link #CONTINUE}.
     */
    public static final int GATHER = 2;

    /** The request is answered here: what {@link FilterExchange#answer} returns. */
    public static final int ANSWERED = 3;

    private Verdict()
    {
    }
}
