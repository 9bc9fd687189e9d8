package dev.ringway.control.accesslog;

/**
 * A format string that cannot be compiled. The message says what is wrong and what would be right.
 */
public final class LogFormatException extends Exception
{
    private final int position;

    LogFormatException(final int position, final String message)
    {
        super("at character " + (position + 1) + ": " + message);
        this.position = position;
    }

    /**
     * @return where in the format, from 0.
     */
    public int position()
    {
        return position;
    }
}
