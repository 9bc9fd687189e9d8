package dev.ringway.engine.balance;

/**
 * One after the other.
 */
final class TurnPicker implements Picker
{
    private final int[] indexes;
    private int next;

    /**
     * @param indexes of the endpoints.
     * @param first   place to begin at, any.
     */
    TurnPicker(final int[] indexes, final int first)
    {
        this.indexes = indexes;
        next = first;
    }

    public int pick(final long nowNs)
    {
        final int count = indexes.length;
        if (next >= count)
        {
            if (count == 0)
            {
                return NONE;
            }
            next = 0;
        }
        return indexes[next++];
    }

    int next()
    {
        return next;
    }
}
