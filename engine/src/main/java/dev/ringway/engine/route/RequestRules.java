package dev.ringway.engine.route;

import dev.ringway.codecs.http.UnderscorePolicy;

/**
 * What happens to a request's target and host before it is routed.
 * Envoy: fields of {@code HttpConnectionManager}. Immutable.
 *
 * @param normalizePath    {@code normalize_path}: resolve dot segments, decode what needs no percent code.
 * @param mergeSlashes     {@code merge_slashes}: one slash for several in the path.
 * @param escapedSlashes   {@code path_with_escaped_slashes_action}.
 * @param strippedPort     port to strip from the host, {@link #NO_PORT} or {@link #ANY_PORT}.
 * @param stripTrailingDot {@code strip_trailing_host_dot}.
 * @param allowAbsoluteUrl {@code http_protocol_options.allow_absolute_url}.
 * @param underscores      {@code common_http_protocol_options.headers_with_underscores_action}.
 */
public record RequestRules(
    boolean normalizePath,
    boolean mergeSlashes,
    EscapedSlashes escapedSlashes,
    int strippedPort,
    boolean stripTrailingDot,
    boolean allowAbsoluteUrl,
    UnderscorePolicy underscores)
{
    /** The port stays. */
    public static final int NO_PORT = -1;
    /** Any port goes. */
    public static final int ANY_PORT = -2;
    /** Envoy's defaults: nothing happens. */
    public static final RequestRules NONE =
        new RequestRules(false, false, EscapedSlashes.KEEP, NO_PORT, false, true, UnderscorePolicy.ALLOW);

    /** What becomes of %2F and %5C in the path. */
    public enum EscapedSlashes
    {
        /** They stay as they are. */
        KEEP,
        /** The request is refused. */
        REJECT,
        /** The client is sent to the path with slashes. */
        REDIRECT,
        /** They become slashes. */
        FORWARD
    }

    /**
     * @return whether the path may change.
     */
    public boolean changesPath()
    {
        return normalizePath || mergeSlashes || escapedSlashes != EscapedSlashes.KEEP;
    }

    /**
     * @return {@link #NONE} when nothing is to be done, so that a loop need only compare.
     */
    public RequestRules orNone()
    {
        return equals(NONE) ? NONE : this;
    }
}
