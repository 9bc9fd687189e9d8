package dev.ringway.control.cli;

/**
 * The command line is wrong; the message is one sentence that names the option.
 */
final class UsageException extends Exception
{
    private static final long serialVersionUID = 1L;

    UsageException(final String message)
    {
        super(message, null, false, false);
    }
}
