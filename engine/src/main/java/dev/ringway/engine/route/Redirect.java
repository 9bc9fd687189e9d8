package dev.ringway.engine.route;

/**
 * Parts of a {@code location} that replace those of the request. Envoy: {@code RedirectAction}; null or -1 keeps the
 * request's part.
 *
 * @param scheme        new scheme.
 * @param host          new host.
 * @param port          new port.
 * @param path          new path (with query when it has one).
 * @param prefixRewrite replaces the matched prefix.
 * @param stripQuery    drops the query.
 */
public record Redirect(String scheme, String host, int port, byte[] path, byte[] prefixRewrite, boolean stripQuery)
{
}
