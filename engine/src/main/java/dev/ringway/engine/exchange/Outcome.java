package dev.ringway.engine.exchange;

/**
 * What became of an exchange: status, flags and detail of the answer, and how much went each way. Reused with its
 * exchange. Loop thread only.
 */
final class Outcome
{
    /** Detail of an answer from an endpoint. */
    static final String VIA_UPSTREAM = "via_upstream";
    /** Detail of an answer that is the route's own. */
    static final String DIRECT_RESPONSE = "direct_response";
    /** Detail of an exchange whose client has gone. */
    static final String CLIENT_GONE = "downstream_remote_disconnect";
    /** Detail of a relay whose endpoint has gone. */
    static final String ENDPOINT_GONE = "upstream_reset_after_response_started{connection_termination}";

    private int status;
    private int flags;
    private String detail = "";
    private boolean isHealthCheck;
    private boolean isInternal;
    private long requestBytes;
    private long responseBytes;

    void reset()
    {
        status = 0;
        flags = 0;
        detail = "";
        isHealthCheck = false;
        isInternal = false;
        requestBytes = 0;
        responseBytes = 0;
    }

    /** An answer was begun. */
    void answered(final int answer, final String why)
    {
        status = answer;
        detail = why;
    }

    /** It was cut for the reason that the answer would have given. */
    void cut(final LocalReply reply)
    {
        flags |= reply.flag();
        detail = reply.detail();
    }

    void cut(final int flag, final String why)
    {
        flags |= flag;
        detail = why;
    }

    void flag(final int flag)
    {
        flags |= flag;
    }

    /** A filter has said that the request asks for the health of this process. */
    void healthCheck()
    {
        isHealthCheck = true;
    }

    boolean isHealthCheck()
    {
        return isHealthCheck;
    }

    /** The request came from inside. */
    void internal()
    {
        isInternal = true;
    }

    boolean isInternal()
    {
        return isInternal;
    }

    void addRequestBytes(final int length)
    {
        requestBytes += length;
    }

    void addResponseBytes(final int length)
    {
        responseBytes += length;
    }

    /** 0 when no answer was begun. */
    int status()
    {
        return status;
    }

    /** Bits of {@link dev.ringway.engine.accesslog.ResponseFlag}. */
    int flags()
    {
        return flags;
    }

    /** Response code details. */
    String detail()
    {
        return detail;
    }

    long requestBytes()
    {
        return requestBytes;
    }

    long responseBytes()
    {
        return responseBytes;
    }
}
