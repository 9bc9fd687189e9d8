package dev.ringway.engine.route;

/**
 * When a route applies. Envoy: the path specifier of {@code config.route.v3.RouteMatch}. Only the path counts, not the
 * query. Immutable.
 *
 * @param kind          how the pattern is compared.
 * @param pattern       bytes of the pattern, none of {@link Kind#REGEX} and {@link Kind#CONNECT}; not changed
 *                      afterwards.
 * @param caseSensitive whether ASCII letters must have the same case.
 * @param regex         of {@link Kind#REGEX}, else null.
 */
public record PathMatch(Kind kind, byte[] pattern, boolean caseSensitive, RegexMatch regex)
{
    /**
     * @param kind          how the pattern is compared.
     * @param pattern       bytes of the pattern; not changed afterwards.
     * @param caseSensitive whether ASCII letters must have the same case.
     */
    public PathMatch(final Kind kind, final byte[] pattern, final boolean caseSensitive)
    {
        this(kind, pattern, caseSensitive, null);
    }

    /**
     * @param regex that must cover the whole path.
     */
    public PathMatch(final RegexMatch regex)
    {
        this(Kind.REGEX, new byte[0], true, regex);
    }

    /**
     * @return how many bytes of the path a rewrite replaces, or {@link Route#WHOLE_PATH}.
     */
    public int covered()
    {
        return kind == Kind.REGEX ? Route.WHOLE_PATH : pattern.length;
    }

    /** Ways to compare. */
    public enum Kind
    {
        /** The path begins with the pattern. */
        PREFIX,
        /** The path is equal to the pattern. */
        EXACT,
        /** The path is equal to the pattern or goes on with {@code /}. */
        SEPARATED_PREFIX,
        /** A regular expression covers the path. */
        REGEX,
        /** The request is a CONNECT, which has no path. Envoy: {@code connect_matcher}. */
        CONNECT
    }
}
