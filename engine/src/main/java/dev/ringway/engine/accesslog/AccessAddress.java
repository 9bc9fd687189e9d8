package dev.ringway.engine.accesslog;

/**
 * Numbers of the addresses in an {@link AccessRecord}.
 */
public final class AccessAddress
{
    /** Address of the client, as trusted headers or the PROXY protocol say. */
    public static final int DOWNSTREAM_REMOTE = 0;
    /** Address the client connected to. */
    public static final int DOWNSTREAM_LOCAL = 1;
    /** Address of the endpoint. */
    public static final int UPSTREAM_REMOTE = 2;
    /** Own address of the connection to the endpoint. */
    public static final int UPSTREAM_LOCAL = 3;
    /** Address of the peer itself, where it has told another one; else not set. */
    public static final int DOWNSTREAM_DIRECT_REMOTE = 4;

    private AccessAddress()
    {
    }
}
