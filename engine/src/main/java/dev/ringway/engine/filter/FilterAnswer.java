package dev.ringway.engine.filter;

import dev.ringway.codecs.http.Grpc;
import dev.ringway.engine.accesslog.LogStrings;

import java.util.Objects;

/**
 * An answer that a filter gives. Made with the configuration, not for each request.
 *
 * @param status   200 to 599.
 * @param body     text, may be empty; not to be changed.
 * @param flag     of {@code ResponseFlag}, or 0.
 * @param detail   response code details.
 * @param grpc     status of gRPC that a call gets.
 * @param isRouted whether the route changes its fields and a call gets a status of gRPC, as with other answers.
 */
public record FilterAnswer(int status, byte[] body, int flag, String detail, int grpc, boolean isRouted)
{
    /** Details of answers that say nothing of themselves. */
    public static final String DETAIL = "filter_answer";

    /**
     * Registers the detail, so that loops find its number.
     *
     * @throws IllegalArgumentException when no final response has the status.
     */
    public FilterAnswer
    {
        if (status < 200 || status > 599)
        {
            throw new IllegalArgumentException(status + " is no status of an answer");
        }
        Objects.requireNonNull(body, "body");
        LogStrings.register(detail);
    }

    /**
     * An answer whose fields the route changes.
     *
     * @param status 200 to 599.
     * @param body   text, may be empty; not to be changed.
     * @param flag   of {@code ResponseFlag}, or 0.
     * @param detail response code details.
     * @param grpc   status of gRPC that a call gets.
     */
    public FilterAnswer(final int status, final byte[] body, final int flag, final String detail, final int grpc)
    {
        this(status, body, flag, detail, grpc, true);
    }

    /**
     * @return the same as it is for every request: the route changes no fields, and a call gets no status of gRPC.
     */
    public FilterAnswer unrouted()
    {
        return new FilterAnswer(status, body, flag, detail, grpc, false);
    }

    /**
     * @param status 200 to 599.
     * @param body   text, may be empty; not to be changed.
     * @param flag   of {@code ResponseFlag}, or 0.
     * @param detail response code details.
     * @return an answer with the status of gRPC that belongs to the HTTP status.
     */
    public static FilterAnswer of(final int status, final byte[] body, final int flag, final String detail)
    {
        return new FilterAnswer(status, body, flag, detail, Grpc.statusOf(status));
    }
}
