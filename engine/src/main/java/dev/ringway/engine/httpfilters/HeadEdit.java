package dev.ringway.engine.httpfilters;

import dev.ringway.engine.filter.FilterHead;

/**
 * Something that is done to a head. Immutable. Envoy: {@code config.core.v3.HeaderValueOption} with its
 * {@code append_action}, or the name of a field to remove.
 *
 * @param name  in lower case.
 * @param value without control characters, null to remove the field.
 * @param how   what becomes of fields that are there.
 */
public record HeadEdit(byte[] name, byte[] value, How how)
{
    /** What becomes of fields of the same name. */
    public enum How
    {
        /** They stay, another comes behind them. */
        APPEND,
        /** They stay, and nothing is added. */
        ADD_IF_ABSENT,
        /** They are replaced by one. */
        OVERWRITE,
        /** They are replaced by one; without any nothing is added. */
        OVERWRITE_IF_EXISTS,
        /** They go. */
        REMOVE
    }

    /**
     * @param head to edit.
     */
    public void apply(final FilterHead head)
    {
        switch (how)
        {
            case APPEND -> head.add(name, value);
            case OVERWRITE -> head.set(name, value);
            case REMOVE -> head.remove(name);
            default ->
            {
                if (head.find(name) < 0 == (how == How.ADD_IF_ABSENT))
                {
                    head.set(name, value);
                }
            }
        }
    }
}
