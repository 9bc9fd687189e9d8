package dev.ringway.engine.route;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Parts of a {@code location} that replace those of the request, as bytes ready to be written. Envoy:
 * {@code RedirectAction}; null or -1 keeps the request's part.
 *
 * @param scheme        new scheme.
 * @param host          new host.
 * @param port          new port.
 * @param path          new path (with query when it has one).
 * @param prefixRewrite replaces the matched prefix.
 * @param regexRewrite  replaces what it matches of the path.
 * @param stripQuery    drops the query.
 */
public record Redirect(
    byte[] scheme,
    byte[] host,
    int port,
    byte[] path,
    byte[] prefixRewrite,
    RegexRewrite regexRewrite,
    boolean stripQuery)
{
    /** That of what the request asked for. */
    public static final Redirect NONE = of(null, null, -1, null, null, false);

    /** That of {@code VirtualHost.require_tls}: it keeps the authority as it is, port included, as Envoy does. */
    public static final Redirect TO_HTTPS = of("https", null, -1, null, null, false);

    /**
     * @param scheme        new scheme.
     * @param host          new host.
     * @param port          new port.
     * @param path          new path.
     * @param prefixRewrite replaces the matched prefix.
     * @param stripQuery    drops the query.
     * @return a redirect from texts.
     */
    public static Redirect of(
        final String scheme,
        final String host,
        final int port,
        final byte[] path,
        final byte[] prefixRewrite,
        final boolean stripQuery)
    {
        return new Redirect(
            scheme == null ? null : scheme.getBytes(US_ASCII), host == null ? null : host.getBytes(US_ASCII), port,
            path, prefixRewrite, null, stripQuery);
    }

    /**
     * @param rewrite of the path, or null.
     * @return the same, with that.
     */
    public Redirect rewriting(final RegexRewrite rewrite)
    {
        return new Redirect(scheme, host, port, path, prefixRewrite, rewrite, stripQuery);
    }
}
