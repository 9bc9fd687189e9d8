package dev.ringway.engine.runtime;

/**
 * An address cannot be listened on. The message names listener, address and reason.
 */
public final class ListenException extends Exception
{
    private static final long serialVersionUID = 1;

    /**
     * @param message one sentence.
     */
    public ListenException(final String message)
    {
        super(message);
    }
}
