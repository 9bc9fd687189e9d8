package dev.ringway.engine.tls;

/**
 * A context cannot be built. The message is one sentence that names the certificate, key or list and the reason.
 */
public final class TlsException extends Exception
{
    private static final long serialVersionUID = 1;

    /**
     * @param message one sentence.
     */
    public TlsException(final String message)
    {
        super(message);
    }

    /**
     * @param message one sentence.
     * @param cause   what the library or the JDK said.
     */
    public TlsException(final String message, final Throwable cause)
    {
        super(message, cause);
    }
}
