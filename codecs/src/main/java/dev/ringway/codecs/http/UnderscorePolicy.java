package dev.ringway.codecs.http;

/**
 * What becomes of fields whose name holds an underscore, which some servers take for a hyphen.
 * Envoy: {@code HttpProtocolOptions.HeadersWithUnderscoresAction}.
 */
public enum UnderscorePolicy
{
    /** They pass (default). */
    ALLOW,
    /** They are marked as not to be forwarded. */
    DROP,
    /** The message is refused. */
    REJECT
}
