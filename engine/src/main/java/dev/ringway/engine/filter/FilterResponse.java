package dev.ringway.engine.filter;

import dev.ringway.codecs.http.ResponseHead;

/**
 * Head of a response for filters. Loop thread only.
 */
public final class FilterResponse extends FilterHead
{
    private ResponseHead head;

    /**
     * @param response what it shows from now on.
     * @param store    memory that the head may grow into.
     * @return this.
     */
    public FilterResponse wrap(final ResponseHead response, final HeadStore store)
    {
        head = response;
        super.wrap(response, store);
        return this;
    }

    /**
     * @return the head itself, to be read.
     */
    public ResponseHead head()
    {
        return head;
    }

    /**
     * @return status of HTTP.
     */
    public int status()
    {
        return head.status();
    }
}
