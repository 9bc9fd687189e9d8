package dev.ringway.control.translate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.ringway.control.config.FieldPath;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Translates {@code type.matcher.v3.StringMatcher}.
 */
final class StringMatchers
{
    private static final Predicate<String> NONE = text -> false;

    private final Checks checks;

    /**
     * @param checks where faults go.
     */
    StringMatchers(final Checks checks)
    {
        this.checks = checks;
    }

    /**
     * @param config message.
     * @param path   where it stands.
     * @return what holds for the texts that match; for none when it is faulty, which is then noted. Any thread.
     */
    Predicate<String> translate(final StringMatcher config, final FieldPath path)
    {
        final UnaryOperator<String> fold =
            config.getIgnoreCase() ? text -> text.toLowerCase(Locale.ROOT) : UnaryOperator.identity();
        final String part = fold.apply(switch (config.getMatchPatternCase())
        {
            case EXACT -> config.getExact();
            case PREFIX -> config.getPrefix();
            case SUFFIX -> config.getSuffix();
            case CONTAINS -> config.getContains();
            default -> "";
        });
        return switch (config.getMatchPatternCase())
        {
            case EXACT -> text -> fold.apply(text).equals(part);
            case PREFIX -> checks.required(part, path.field("prefix")) ? text -> fold.apply(text).startsWith(part) : NONE;
            case SUFFIX -> checks.required(part, path.field("suffix")) ? text -> fold.apply(text).endsWith(part) : NONE;
            case CONTAINS ->
                checks.required(part, path.field("contains")) ? text -> fold.apply(text).contains(part) : NONE;
            case SAFE_REGEX -> regex(config, path.field("safe_regex").field("regex"));
            default ->
            {
                checks.fault(path, "needs exact, prefix, suffix, contains or safe_regex");
                yield NONE;
            }
        };
    }

    /** The whole text must match. As in Envoy, it has its own ways to ignore case. */
    private Predicate<String> regex(final StringMatcher config, final FieldPath path)
    {
        final String regex = config.getSafeRegex().getRegex();
        if (!checks.required(regex, path))
        {
            return NONE;
        }
        try
        {
            return Pattern.compile(regex)::matches;
        }
        catch (final PatternSyntaxException ex)
        {
            checks.fault(path, "'" + regex + "' is no regular expression: " + ex.getMessage());
            return NONE;
        }
    }
}
