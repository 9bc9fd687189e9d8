package dev.ringway.engine.route;

/**
 * When a route applies. Envoy: the path specifier of {@code config.route.v3.RouteMatch}. Only the path counts, not the
 * query. Immutable.
 *
 * @param kind          how the pattern is compared.
 * @param pattern       bytes of the pattern; not changed afterwards.
 * @param caseSensitive whether ASCII letters must have the same case.
 */
public record PathMatch(Kind kind, byte[] pattern, boolean caseSensitive)
{
    /** Ways to compare. */
    public enum Kind
    {
        /** The path begins with the pattern. */
        PREFIX,
        /** The path is equal to the pattern. */
        EXACT,
        /** The path is equal to the pattern or goes on with {@code /}. */
        SEPARATED_PREFIX
    }
}
